/** A Cluster that is rearranged while people are at work. */
import { startRedis } from '../../foundry/redis/service.ts';
import type { Fault } from '../fault.ts';
import { inLab } from '../lab.ts';
import { describeLoad, isAllKept } from '../observation.ts';
import { moveSlots } from '../resharding.ts';

const SLOTS = 5461; // all of one primary

export const resharding: Fault = {
  name: 'All slots of a Cluster’s primary move to another',
  promise: 'no request fails, and nothing is lost',

  run: () =>
    inLab(
      { bind: async (servers) => (await startRedis('cluster', servers)).credentials },
      async ({ redis, underLoad }) => {
        const move = () => moveSlots(redis.get('redis/0')!, redis.get('redis/1')!, SLOTS);
        const observation = await underLoad(move, { duration: 20 });
        const failures = Object.keys(observation.summary.errors);
        return {
          holds: isAllKept(observation) && failures.length === 0,
          figures: `${SLOTS} slots; ${describeLoad(observation)}`,
        };
      },
    ),
};
