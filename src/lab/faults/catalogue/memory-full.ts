/** A Redis whose memory is full. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../../redis/servers.ts';
import { type Fault, scaled } from '../fault.ts';
import { inLab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { NAME, startOne } from '../redis-services.ts';
import { afterEviction, afterRefusal, countFailedReads } from '../verdicts.ts';

const FULL = 5000; // milliseconds
const LEAST_FULL = 1000; // milliseconds
/** Values that push others out, of a size that fills the memory soon. */
const FILLERS = 400;
const FILLER = 'x'.repeat(20_000);

export const noEviction: Fault = {
  name: 'Memory full, `noeviction`',
  promise: '507 for writes; reads go on; nothing is lost',

  run: (plan) =>
    inLab({ bind: startOne, plan }, async ({ redis, underLoad }) => {
      const server = redis.get(NAME)!;
      const observation = await underLoad(async () => {
        await server.ask('CONFIG', 'SET', 'maxmemory', '1mb');
        await sleep(scaled(FULL, plan, LEAST_FULL));
        await server.ask('CONFIG', 'SET', 'maxmemory', '250mb');
      });
      return {
        broken: afterRefusal(observation),
        figures: `${describeLoad(observation)}; reads that failed: ${countFailedReads(observation)}`,
      };
    }),
};

export const eviction: Fault = {
  name: 'Memory full, `allkeys-lru`',
  promise: 'an evicted session is a sign-out, an evicted key is not there; never an error page',

  run: (plan) =>
    inLab({ bind: startOne, plan }, async ({ redis, underLoad }) => {
      const server = redis.get(NAME)!;
      const before = await countEvicted(server);
      const observation = await underLoad(async () => {
        await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
        await server.ask('CONFIG', 'SET', 'maxmemory', '3mb');
        for (let i = 0; i < FILLERS; i++) await server.ask('SET', `filler-${i}`, FILLER);
      });
      const evicted = (await countEvicted(server)) - before;
      return {
        broken: afterEviction(observation, evicted),
        figures: `${describeLoad(observation)}; keys evicted: ${evicted}`,
      };
    }),
};

async function countEvicted(server: Server): Promise<number> {
  const info = String(await server.ask('INFO', 'stats'));
  return Number(/evicted_keys:(\d+)/.exec(info)![1]);
}
