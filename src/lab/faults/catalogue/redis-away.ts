/** A single Redis that goes away: it is killed, or it hangs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, scaled } from '../fault.ts';
import { inLab } from '../lab.ts';
import { describeLoad, describeOutage, findOutage, type Observation } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { DURABLE, hang, killForAWhile, NAME, startOne } from '../redis-services.ts';
import { afterRedisHung, afterRedisWasKilled } from '../verdicts.ts';

const AWAY = 2000; // milliseconds
const HANGING = 10_000; // milliseconds
/** Errors are to be told in less. */
const LEAST_HANGING = 2500; // milliseconds
/** Longer than recovery is to take, so that a late one shows. */
const AFTERWARDS = { after: 3 };

export const killed: Fault = {
  name: 'Redis killed and started again, AOF `always`',
  promise: 'all that was acknowledged is there; errors and recovery within a second each',

  run: (plan) =>
    inLab({ bind: (servers) => startOne(servers, DURABLE), plan }, async (lab) => {
      const redis = lab.redis.get(NAME)!;
      const away = scaled(AWAY, plan, 1000);
      const observation = await lab.underLoad(() => killForAWhile(redis, away), AFTERWARDS);
      return { broken: afterRedisWasKilled(observation), figures: describe(observation) };
    }),
};

export const hanging: Fault = {
  name: 'Redis stops answering for 10 s (SIGSTOP)',
  promise: 'errors within a second, memory and sockets bounded, recovery within a second',

  run: (plan) =>
    inLab({ bind: startOne, plan }, async (lab) => {
      const before = await measureProcesses(lab.instances);
      let during = before;
      const time = scaled(HANGING, plan, LEAST_HANGING);
      const observation = await lab.underLoad(async () => {
        const hanging = hang(lab.redis.get(NAME)!, time);
        await sleep(time - 500);
        during = await measureProcesses(lab.instances);
        await hanging;
      }, AFTERWARDS);
      const growth = during.resident - before.resident;
      return {
        broken: afterRedisHung({ observation, before, during }),
        figures:
          `${describe(observation)}; the largest instance grew by ${growth.toFixed(0)} MB ` +
          `and had ${during.sockets} sockets at most (${before.sockets} before)`,
      };
    }),
};

function describe(observation: Observation): string {
  return `${describeLoad(observation)}; ${describeOutage(findOutage(observation))}`;
}
