/** Waits for what has no event. */
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE = 20; // milliseconds

/**
 * Asks until the answer is neither false, null nor undefined, and returns it. Throws after `limit`
 * milliseconds and says what it has waited for.
 */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  limit = 10_000,
): Promise<NonNullable<Answer>> {
  const deadline = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limit} ms`);
    await sleep(PAUSE);
  }
}
