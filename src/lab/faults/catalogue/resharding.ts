/** A Cluster that is rearranged while people are at work. */
import { startRedis } from '../../redis/topologies.ts';
import { type Fault, scaled } from '../fault.ts';
import { inLab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { countSlots, moveSlots } from '../resharding.ts';
import { afterResharding } from '../verdicts.ts';

const SLOTS = 5461; // all of one primary

export const resharding: Fault = {
  name: 'All slots of a Cluster’s primary move to another',
  promise: 'no request fails, and nothing is lost',

  run: (plan) =>
    inLab(
      { plan, bind: async (servers) => (await startRedis('cluster', servers)).credentials },
      async ({ redis, underLoad }) => {
        const [from, to] = [redis.get('redis/0')!, redis.get('redis/1')!];
        const slots = scaled(SLOTS, plan, 1);
        const before = await countSlots(to);
        const observation = await underLoad(() => moveSlots(from, to, slots));
        const moved = (await countSlots(to)) - before;
        return {
          broken: afterResharding(observation, moved),
          figures: `${moved} slots; ${describeLoad(observation)}`,
        };
      },
    ),
};
