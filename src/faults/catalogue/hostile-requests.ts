/** Thousands of requests that mean no good, while others are at work. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { hostileRequest } from '../hostile.ts';
import { inLab } from '../lab.ts';
import { describeLoad, isAllKept } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { startOne } from '../redis-services.ts';

const REQUESTS = 10_000;
const ATTACKERS = 5;
/** After which an attacker gives up an answer that does not come. */
const PATIENCE = 100; // milliseconds
const DURATION = 40; // seconds, of the load meanwhile
const MUCH = 96; // MB

export const hostile: Fault = {
  name: '10,000 hostile requests to an instance',
  promise: 'no crash, no 500, memory bounded, p99 of other users within twice',

  run: () =>
    inLab({ bind: startOne, instances: 1 }, async ({ instances, underLoad }) => {
      const { pid, port } = instances.list()[0]![0]!;
      const calm = await underLoad(() => Promise.resolve(), { duration: 10 });
      const before = await measureProcesses(instances);
      const statuses = new Map<string, number>();
      const attacked = await underLoad(() => attack(port, statuses), { duration: DURATION });
      const after = await measureProcesses(instances);

      const growth = after.resident - before.resident;
      const ratio = attacked.summary.latency.p99 / calm.summary.latency.p99;
      const isUp = instances.list()[0]![0]?.pid === pid;
      return {
        holds: isAllKept(attacked) && isUp && !statuses.has('500') && growth < MUCH && ratio <= 2,
        figures:
          `${describe(statuses)}; ${isUp ? 'no crash' : 'CRASHED'}; grew by ${growth.toFixed(0)} MB; ` +
          `p99 of others ${ratio.toFixed(1)} times that of before; ${describeLoad(attacked)}`,
      };
    }),
};

async function attack(port: number, statuses: Map<string, number>): Promise<void> {
  let sent = 0;
  await Promise.all(
    Array.from({ length: ATTACKERS }, async () => {
      while (sent < REQUESTS) {
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

function describe(statuses: Map<string, number>): string {
  const counts = [...statuses]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([status, count]) => `${count} × ${status}`);
  return `answers: ${counts.join(', ')}`;
}
