/** A million session ids that nobody has, while others are at work. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, scaled } from '../fault.ts';
import { guessSessions, type Guesses } from '../guessing.ts';
import { inLab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { measureProcesses } from '../processes.ts';
import { NAME, startOne } from '../redis-services.ts';
import { afterGuesses, type Guessed, slowdownOf } from '../verdicts.ts';

const GUESSES = 1_000_000;
const RATE = 2500; // per second
const WARM = 10; // seconds until all is warm
const CALM = 20; // seconds

export const guessed: Fault = {
  name: 'A million random session ids',
  promise: 'each is a 401; memory and Redis as before; p99 of other users within twice',

  run: (plan) =>
    inLab({ bind: startOne, instances: 1, plan }, async ({ instances, redis, underLoad }) => {
      const origin = `http://127.0.0.1:${instances.list()[0]![0]!.port}`;
      let guesses: Guesses;
      const guess = async (number: number) => {
        guesses = await guessSessions({ origin, guesses: number, rate: RATE });
      };
      const measure = async () => ({
        ...(await measureProcesses(instances)),
        keys: Number(await redis.get(NAME)!.ask('DBSIZE')),
      });
      // Twice: a tenth of a million would take most of a minute
      const tried = scaled(scaled(GUESSES, plan, 1), plan, RATE);

      await guess(scaled(WARM, plan, 1) * RATE);
      const calm = await underLoad(() => sleep(1000 * scaled(CALM, plan, 2)), { after: 0.5 });
      const before = await measure();
      const attacked = await underLoad(() => guess(tried));
      const evidence = { calm, attacked, tried, guesses: guesses!, before, after: await measure() };
      return { broken: afterGuesses(evidence), figures: describe(evidence) };
    }),
};

function describe(evidence: Guessed): string {
  const { attacked, guesses, before, after } = evidence;
  const growth = after.resident - before.resident;
  return (
    `${describeGuesses(guesses)}; grew by ${growth.toFixed(0)} MB, Redis by ` +
    `${after.keys - before.keys} keys; p99 of others ${slowdownOf(evidence).toFixed(1)} times ` +
    `that of before; ${describeLoad(attacked)}`
  );
}

function describeGuesses({ statuses, errors }: Guesses): string {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} × ${status}`);
  return `answers: ${counts.join(', ')}${errors > 0 ? `, ${errors} × none` : ''}`;
}
