/** A million session ids that nobody has, while others are at work. */
import type { Fault } from '../fault.ts';
import { guessSessions, type Guesses } from '../guessing.ts';
import { inLab } from '../lab.ts';
import { describeLoad, isAllKept } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { NAME, startOne } from '../redis-services.ts';

const GUESSES = 1_000_000;
const RATE = 2500; // per second
const DURATION = GUESSES / RATE + 10; // seconds
const MUCH = 32; // MB

export const guessed: Fault = {
  name: 'A million random session ids',
  promise: 'each is a 401; memory and Redis as before; p99 of other users within twice',

  run: () =>
    inLab({ bind: startOne, instances: 1 }, async ({ instances, redis, underLoad }) => {
      const origin = `http://127.0.0.1:${instances.list()[0]![0]!.port}`;
      let guesses: Guesses;
      const guess = async (number: number) => {
        guesses = await guessSessions({ origin, guesses: number, rate: RATE });
      };
      const countKeys = async () => Number(await redis.get(NAME)!.ask('DBSIZE'));

      await guess(10 * RATE); // until all is warm
      const calm = await underLoad(() => Promise.resolve(), { duration: 20 });
      const [before, keysBefore] = [await measureProcesses(instances), await countKeys()];
      const attacked = await underLoad(() => guess(GUESSES), { duration: DURATION });
      const [after, keysAfter] = [await measureProcesses(instances), await countKeys()];

      const growth = after.resident - before.resident;
      const ratio = attacked.summary.latency.p99 / calm.summary.latency.p99;
      return {
        holds:
          isAllKept(attacked) &&
          guesses!.statuses['401'] === GUESSES &&
          growth < MUCH &&
          keysAfter <= keysBefore &&
          ratio <= 2,
        figures:
          `${describe(guesses!)}; grew by ${growth.toFixed(0)} MB, Redis by ` +
          `${keysAfter - keysBefore} keys; p99 of others ${ratio.toFixed(1)} times that of before; ` +
          describeLoad(attacked),
      };
    }),
};

function describe({ statuses, errors }: Guesses): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  return `answers: ${counts.join(', ')}${errors > 0 ? `, ${errors} × none` : ''}`;
}
