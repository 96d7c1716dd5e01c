/** Measures the operator's room beside a load on the keys. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';
import { withFoundry } from '../foundry/start.ts';
import { keepAsking, type Outcome } from '../load-test/sending/connection.ts';
import { httpError, type Visitor } from '../load-test/visitors/visitor.ts';
import { readPeakMemory } from '../processes/resident-memory.ts';
import { type Amount, startFilled } from './filling.ts';

export interface Extent extends Amount {
  rounds: number;
  /** Of a round. */
  seconds: number;
  /** Requests per second. */
  rate: number;
}

export interface Figures {
  /** Milliseconds. */
  firstPage: number;
  /** The p99 of GET /:key in each pair of rounds, in milliseconds: without the operator, and with. */
  p99s: { alone: number; beside: number }[];
  /** The commands in Redis' slow log. */
  slow: string[];
  /** MB. */
  memory: number;
}

const PASSWORD = randomUUID();
const CONNECTIONS = 8;
/** From one step of the operator to the next. Each may be several requests. */
const PAUSE = 100; // milliseconds

/** What the operator does, over and over. The page searches on, until enough keys were looked at. */
const STEPS = [
  ['keys'],
  ['tree'],
  ['keys/user:1', 'keys/user:1/copies'],
  Array.from({ length: 10 }, () => 'keys?match=*needle*'),
  ['redis', 'redis/commands', 'redis/slow-log', 'redis/clients'],
  ['sessions'],
];

const LARGE = [
  'keys?match=large:*',
  'keys/large:list',
  'keys/large:list?cursor=5000000',
  'keys/large:list/copies',
  'keys/large:hash',
  'keys/large:value',
  'keys/large:value?cursor=400000000',
  'keys/large:elements',
  'keys/large:field',
];
const COMMANDS = ['GET large:value', 'LRANGE large:list 0 -1', 'HGETALL large:hash', 'LLEN large:list'];

/** Leaves nothing behind. `say` receives the progress. */
export function measureRoom(
  extent: Extent,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Figures> {
  const bind = (servers: Parameters<typeof startFilled>[0]) => startFilled(servers, extent);
  const settings = () => ({ OPERATOR_PASSWORD: PASSWORD });
  say(`Redis is filled with ${extent.keys} keys.`);
  return withFoundry({ bind, settings, signal }, async ({ address, instances, service }) => {
    await instances.scale(1);
    const { redis } = service;
    const operator = await enter(`http://${address}`);
    const firstPage = await timeFirstPage(operator);
    const p99s: Figures['p99s'] = [];
    for (let round = 0; round < extent.rounds; round++) {
      say(`Round ${round + 1} of ${extent.rounds}.`);
      p99s.push(await measurePair(round));
    }
    say('The operator looks at very large values.');
    await lookAtLarge(operator);
    const memory = await readPeakMemory(instances.list()[0]![0]!.pid);
    const slow = (await redis.slowlog('GET', 100)) as [number, number, number, string[]][];
    redis.disconnect();
    return { firstPage, p99s, slow: slow.map(([, , , words]) => words[0]!), memory };

    /** One that always came second would always find the machine warmer. */
    async function measurePair(round: number) {
      const measureAlone = () => readKeys(address, extent, signal);
      const first = round % 2 === 0 ? await measureAlone() : null;
      const beside = await measureBeside(round);
      return { alone: first ?? (await measureAlone()), beside };
    }

    async function measureBeside(round: number): Promise<number> {
      const over = new AbortController();
      const work = Promise.all([browse(operator, over.signal), operator.remove(round, over.signal)]);
      const p99 = await readKeys(address, extent, signal);
      over.abort();
      await work;
      return p99;
    }
  });
}

type Operator = Awaited<ReturnType<typeof enter>>;

async function enter(origin: string) {
  const sent = { method: 'POST', body: new URLSearchParams({ password: PASSWORD }) };
  const { headers } = await ask(`${origin}/operator/sign-in`, sent);
  const Cookie = headers.getSetCookie()[0]!.split(';')[0]!;

  return { request, remove };

  /** Throws for an error of the app; 409 is the answer for what is too large to be shown. */
  async function request(path: string, init: RequestInit = {}) {
    const { status, body } = await ask(`${origin}/operator/${path}`, { ...init, headers: { Cookie } });
    if (status >= 400 && status !== 409) throw new Problem(`/operator/${path}: ${status} ${body}`);
    return status === 200 ? JSON.parse(body) : null;
  }

  /** Deletes by pattern until the signal is aborted. */
  async function remove(round: number, signal: AbortSignal): Promise<void> {
    const match = `old:${round % 10}:*`;
    const body = new URLSearchParams({ match, most: '1000000', password: PASSWORD });
    const init = { method: 'POST', body, headers: { Cookie }, signal };
    while (!signal.aborted) {
      const answer = await fetch(`${origin}/operator/delete-matching`, init).catch(() => null);
      await answer?.text().catch(() => {}); // the round is over
    }
  }
}

async function timeFirstPage(operator: Operator): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    await operator.request('keys');
    slowest = Math.max(slowest, performance.now() - began);
  }
  return slowest;
}

async function browse(operator: Operator, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    let cursor = '';
    for (const path of STEPS[i % STEPS.length]!) {
      const page = await operator.request(path + cursor);
      cursor = page?.cursor && path.includes('?') ? `&cursor=${page.cursor}` : '';
    }
    await sleep(PAUSE, undefined, { signal }).catch(() => {});
  }
}

async function lookAtLarge(operator: Operator): Promise<void> {
  for (const path of LARGE) await operator.request(path);
  for (const command of COMMANDS) {
    const body = new URLSearchParams({ command });
    await operator.request('command', { method: 'POST', body });
  }
  for (let page = await operator.request('keys'); page.cursor;) {
    page = await operator.request(`keys?cursor=${page.cursor}`);
  }
}

/** Returns the p99 in milliseconds, from when each request was due. */
async function readKeys(address: string, { keys, seconds, rate }: Extent, signal: AbortSignal) {
  const times: number[] = [];
  const interval = (1000 * CONNECTIONS) / rate;
  const common = {
    origin: `http://${address}`,
    visitors: [createReader(keys / 2)],
    interval,
    isAnyTarget: false,
    signal: AbortSignal.any([signal, AbortSignal.timeout(1000 * seconds)]),
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
