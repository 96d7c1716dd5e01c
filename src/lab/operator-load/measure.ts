/** Measures what the operator costs those who read keys. */
import { withFoundry } from '../foundry/start.ts';
import { Problem } from '../command-line/problem.ts';
import { keepAsking, type Outcome } from '../load-test/sending/connection.ts';
import { httpError, type Visitor } from '../load-test/visitors/visitor.ts';
import { readPeakMemory } from '../processes/resident-memory.ts';
import type { Servers } from '../redis/servers.ts';
import { type Amount, startFilled } from './filling.ts';
import { type Operator, PASSWORD, signIn } from './operator.ts';

export interface Extent extends Amount {
  rounds: number;
  /** Of a round. */
  seconds: number;
  /** Requests per second. */
  rate: number;
}

export interface Figures {
  /** Milliseconds; the slowest of twenty. */
  firstPage: number;
  /** The p99 of GET /:key in each pair of rounds, in milliseconds: without the operator, and with. */
  p99s: { alone: number; beside: number }[];
  /** The commands in Redis' slow log, and how long they took. */
  slow: string[];
  /** MB, at the peak. */
  memory: number;
}

const CONNECTIONS = 8;

/** Leaves nothing behind. `say` receives the progress. */
export function measureRoom(
  extent: Extent,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Figures> {
  say('Redis is filled.');
  const bind = (servers: Servers) => startFilled(servers, extent);
  const settings = () => ({ OPERATOR_PASSWORD: PASSWORD });
  return withFoundry({ bind, settings, signal }, async ({ address, instances, service }) => {
    await instances.scale(1);
    const operator = await signIn(`http://${address}`);
    const firstPage = await timeFirstPage(operator);
    const p99s: Figures['p99s'] = [];
    for (let round = 0; round < extent.rounds; round++) {
      say(`Round ${round + 1} of ${extent.rounds}.`);
      p99s.push(await measurePair(round, operator));
    }
    await operator.lookAtLarge();
    const slow = await service.listSlowCommands();
    return { firstPage, p99s, slow, memory: await readPeakMemory(instances.list()[0]![0]!.pid) };

    /** One that always came second would always find the machine warmer. */
    async function measurePair(round: number, by: Operator) {
      const alone = () => readKeys(address, extent, signal);
      const first = round % 2 === 0 ? await alone() : null;
      const over = new AbortController();
      const match = `old:${round % 10}:*`;
      const work = Promise.all([by.browse(over.signal), by.deleteMatching(match, over.signal)]);
      const beside = await readKeys(address, extent, signal);
      over.abort();
      await work;
      return { alone: first ?? (await alone()), beside };
    }
  });
}

async function timeFirstPage(operator: Operator): Promise<number> {
  const times: number[] = [];
  while (times.length < 20) {
    const began = performance.now();
    await operator.request('keys');
    times.push(performance.now() - began);
  }
  return Math.max(...times);
}

/** Returns the p99 in milliseconds, from when each request was due. */
async function readKeys(address: string, { keys, seconds, rate }: Extent, signal: AbortSignal) {
  const times: number[] = [];
  const over = new AbortController();
  setTimeout(() => over.abort(), 1000 * seconds);
  const interval = (1000 * CONNECTIONS) / rate;
  const common = {
    origin: `http://${address}`,
    visitors: [createReader(Math.floor(keys / 2))],
    interval,
    isAnyTarget: false,
    signal: AbortSignal.any([signal, over.signal]),
    record({ dueAt, sentAt, latency, request, failure }: Outcome) {
      if (failure) throw new Problem(`${request}: ${failure}`);
      times.push(sentAt + latency - dueAt);
    },
  };
  const delays = Array.from({ length: CONNECTIONS }, (_, i) => (i * interval) / CONNECTIONS);
  await Promise.all(delays.map((delay) => keepAsking({ ...common, delay })));
  signal.throwIfAborted();
  return times.toSorted((a, b) => a - b)[Math.floor(0.99 * times.length)]!;
}

function createReader(count: number): Visitor {
  return {
    next: () => ({
      name: 'GET /:key',
      method: 'GET',
      path: `/user:${Math.floor(count * Math.random())}`,
      judge: (answer) => (answer.status === 200 ? null : httpError(answer)),
      miss: () => {},
    }),
  };
}
