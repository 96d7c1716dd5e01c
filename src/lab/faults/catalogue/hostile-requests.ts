/** Thousands of requests that mean no good, while others are at work. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from '../attacks/wire.ts';
import { describeTally } from '../effects.ts';
import { type Fault, scaled } from '../fault.ts';
import { hostileRequest } from '../hostile.ts';
import { inLab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { startOne } from '../redis-services.ts';
import { afterHostileRequests, type Hostilities, slowdownOf } from '../verdicts.ts';

const REQUESTS = 10_000;
const ATTACKERS = 5;
/** After which an attacker gives up an answer that does not come. */
const PATIENCE = 100; // milliseconds
const CALM = 10; // seconds
export const hostile: Fault = {
  name: '10,000 hostile requests to an instance',
  promise: 'no crash, no 500, memory bounded, p99 of other users within twice',

  run: (plan) =>
    inLab({ bind: startOne, instances: 1, plan }, async ({ instances, ends, underLoad }) => {
      const { port } = instances.list()[0]![0]!;
      const calm = await underLoad(() => sleep(1000 * scaled(CALM, plan, 2)), { after: 0.5 });
      const before = await measureProcesses(instances);
      const statuses: Tally = {};
      const sent = scaled(REQUESTS, plan, 500);
      const attacked = await underLoad(() => attack(port, sent, statuses));
      const after = await measureProcesses(instances);
      const evidence = { calm, attacked, sent, statuses, ends: [...ends], before, after };
      return { broken: afterHostileRequests(evidence), figures: describe(evidence) };
    }),
};

async function attack(port: number, count: number, statuses: Tally): Promise<void> {
  let sent = 0;
  await Promise.all(
    Array.from({ length: ATTACKERS }, async () => {
      while (sent < count) {
        const status = await send(port, hostileRequest(sent++));
        statuses[status] = (statuses[status] ?? 0) + 1;
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

function describe(evidence: Hostilities): string {
  const { attacked, statuses, ends, before, after } = evidence;
  const growth = after.resident - before.resident;
  return (
    `answers: ${describeTally(statuses)}; instances that ended: ${ends.join(', ') || 'none'}; ` +
    `grew by ${growth.toFixed(0)} MB; p99 of others ${slowdownOf(evidence).toFixed(1)} times ` +
    `that of before; ${describeLoad(attacked)}`
  );
}
