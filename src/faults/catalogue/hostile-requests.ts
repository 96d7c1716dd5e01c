/** Thousands of requests that mean no good, while others are at work. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, listBroken, scaled } from '../fault.ts';
import { hostileRequest } from '../hostile.ts';
import { inLab } from '../lab.ts';
import { describeLoad, findLosses, type Observation } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { startOne } from '../redis-services.ts';

const REQUESTS = 10_000;
const ATTACKERS = 5;
/** After which an attacker gives up an answer that does not come. */
const PATIENCE = 100; // milliseconds
const CALM = 10; // seconds
const MUCH = 96; // MB
const SLOWER = 2; // times

export interface Evidence {
  calm: Observation;
  attacked: Observation;
  /** How many requests were sent, and how often each status was the answer. */
  sent: number;
  statuses: Map<string, number>;
  /** How instances have ended. */
  ends: string[];
  /** Of the instance, in MB. */
  growth: number;
}

export const hostile: Fault = {
  name: '10,000 hostile requests to an instance',
  promise: 'no crash, no 500, memory bounded, p99 of other users within twice',

  run: (plan) =>
    inLab({ bind: startOne, instances: 1, plan }, async ({ instances, ends, underLoad }) => {
      const { port } = instances.list()[0]![0]!;
      const calm = await underLoad(() => sleep(1000 * scaled(CALM, plan, 2)), { after: 0.5 });
      const before = await measureProcesses(instances);
      const statuses = new Map<string, number>();
      const sent = scaled(REQUESTS, plan, 500);
      const attacked = await underLoad(() => attack(port, sent, statuses));
      const growth = (await measureProcesses(instances)).resident - before.resident;
      const evidence = { calm, attacked, sent, statuses, ends: [...ends], growth };
      return { broken: findBroken(evidence), figures: describe(evidence) };
    }),
};

export function findBroken(evidence: Evidence): string[] {
  const { attacked, sent, statuses, ends, growth } = evidence;
  const told = [...statuses.values()].reduce((sum, times) => sum + times, 0);
  return [
    ...findLosses(attacked),
    ...listBroken([
      ['requests were left out', told >= sent],
      ['an instance ended', ends.length === 0],
      ['an answer was 500', !statuses.has('500')],
      ['memory grew', growth < MUCH],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ]),
  ];
}

function slowdownOf({ calm, attacked }: Evidence): number {
  return attacked.summary.latency.p99 / calm.summary.latency.p99;
}

async function attack(port: number, count: number, statuses: Map<string, number>): Promise<void> {
  let sent = 0;
  await Promise.all(
    Array.from({ length: ATTACKERS }, async () => {
      while (sent < count) {
        const status = await send(port, hostileRequest(sent++));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
}

/** Returns the status of the answer, or `none`. */
async function send(port: number, request: Buffer | string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.on('error', () => {}); // a reset is an answer too
  socket.write(request);
  await Promise.race([once(socket, 'data'), once(socket, 'close'), sleep(PATIENCE)]).catch(
    () => {},
  );
  socket.destroy();
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'none';
}

function describe(evidence: Evidence): string {
  const { attacked, statuses, ends, growth } = evidence;
  return (
    `${describeStatuses(statuses)}; instances that ended: ${ends.join(', ') || 'none'}; ` +
    `grew by ${growth.toFixed(0)} MB; p99 of others ${slowdownOf(evidence).toFixed(1)} times ` +
    `that of before; ${describeLoad(attacked)}`
  );
}

function describeStatuses(statuses: Map<string, number>): string {
  const counts = [...statuses]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([status, count]) => `${count} × ${status}`);
  return `answers: ${counts.join(', ')}`;
}
