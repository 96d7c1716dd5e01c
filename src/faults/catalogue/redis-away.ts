/** A single Redis that goes away: it is killed, or it hangs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { inLab } from '../lab.ts';
import {
  describeLoad,
  describeOutage,
  findOutage,
  isAllKept,
  type Observation,
} from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { DURABLE, hang, killForAWhile, NAME, startOne } from '../redis-services.ts';

const AWAY = 2000; // milliseconds
const HANGING = 10_000; // milliseconds
/** In which an app tells that Redis is away, and finds it when it is back. */
const PROMISED = 1; // second
const MUCH = 64; // MB

export const killed: Fault = {
  name: 'Redis killed and started again, AOF `always`',
  promise: 'all that was acknowledged is there; errors and recovery within a second each',

  run: () =>
    inLab({ bind: (servers) => startOne(servers, DURABLE) }, async (lab) => {
      const redis = lab.redis.get(NAME)!;
      const observation = await lab.underLoad(() => killForAWhile(redis, AWAY));
      return { holds: isPrompt(observation), figures: describe(observation) };
    }),
};

export const hanging: Fault = {
  name: 'Redis stops answering for 10 s (SIGSTOP)',
  promise: 'errors within a second, memory and sockets bounded, recovery within a second',

  run: () =>
    inLab({ bind: startOne }, async (lab) => {
      const before = await measureProcesses(lab.instances);
      let during = before;
      const observation = await lab.underLoad(
        async () => {
          const hanging = hang(lab.redis.get(NAME)!, HANGING);
          await sleep(HANGING - 1000);
          during = await measureProcesses(lab.instances);
          await hanging;
        },
        { duration: 16 },
      );
      const growth = during.resident - before.resident;
      return {
        holds: isPrompt(observation) && growth < MUCH,
        figures:
          `${describe(observation)}; the largest instance grew by ${growth.toFixed(0)} MB ` +
          `and had ${during.sockets} sockets at most (${before.sockets} before)`,
      };
    }),
};

function isPrompt(observation: Observation): boolean {
  const outage = findOutage(observation);
  const isQuick = !outage || (outage.slowest <= PROMISED && outage.recovery <= PROMISED);
  return isAllKept(observation) && isQuick;
}

function describe(observation: Observation): string {
  return `${describeLoad(observation)}; ${describeOutage(findOutage(observation))}`;
}
