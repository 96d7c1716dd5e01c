/** A Redis whose memory is full. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../../foundry/redis/servers.ts';
import type { Fault } from '../fault.ts';
import { inLab } from '../lab.ts';
import { describeLoad, isAllKept, type Observation } from '../observation.ts';
import { NAME, startOne } from '../redis-services.ts';

const FULL = 5000; // milliseconds
/** Values that push others out, of a size that fills the memory soon. */
const FILLERS = 400;
const FILLER = 'x'.repeat(20_000);

export const noEviction: Fault = {
  name: 'Memory full, `noeviction`',
  promise: '507 for writes; reads go on; nothing is lost',

  run: () =>
    inLab({ bind: startOne }, async ({ redis, underLoad }) => {
      const server = redis.get(NAME)!;
      const observation = await underLoad(async () => {
        await server.ask('CONFIG', 'SET', 'maxmemory', '1mb');
        await sleep(FULL);
        await server.ask('CONFIG', 'SET', 'maxmemory', '250mb');
      });
      const { errors } = observation.summary;
      const failedReads = countFailures(observation, 'GET');
      const isOnly507 = Object.keys(errors).join() === 'HTTP 507';
      return {
        holds: isAllKept(observation) && isOnly507 && failedReads === 0,
        figures: `${describeLoad(observation)}; reads that failed: ${failedReads}`,
      };
    }),
};

export const eviction: Fault = {
  name: 'Memory full, `allkeys-lru`',
  promise: 'an evicted session is a sign-out, an evicted key is not there; never an error page',

  run: () =>
    inLab({ bind: startOne }, async ({ redis, underLoad }) => {
      const server = redis.get(NAME)!;
      const before = await countEvicted(server);
      const observation = await underLoad(async () => {
        await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
        await server.ask('CONFIG', 'SET', 'maxmemory', '3mb');
        for (let i = 0; i < FILLERS; i++) await server.ask('SET', `filler-${i}`, FILLER);
      });
      const evicted = (await countEvicted(server)) - before;
      const pages = Object.keys(observation.summary.errors).filter((kind) => kind >= 'HTTP 5');
      return {
        holds: evicted > 0 && pages.length === 0,
        figures: `${describeLoad(observation)}; keys evicted: ${evicted}`,
      };
    }),
};

function countFailures({ outcomes }: Observation, method: string): number {
  return outcomes.filter(({ request, fault }) => request.startsWith(method) && fault !== null)
    .length;
}

async function countEvicted(server: Server): Promise<number> {
  const info = String(await server.ask('INFO', 'stats'));
  return Number(/evicted_keys:(\d+)/.exec(info)![1]);
}
