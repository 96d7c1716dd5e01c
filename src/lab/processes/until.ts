/** Waits for what has no event. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../command-line/problem.ts';

interface Options {
  /** Milliseconds after which it gives up; 10 seconds if not given. */
  limit?: number;
  /** Milliseconds from an answer to the next question. */
  pause?: number;
  /** Ends the wait: the promise rejects with the reason of the signal. */
  signal?: AbortSignal;
}

/**
 * Asks until the answer is neither false, null nor undefined, and returns it. Throws a problem that
 * names the goal when there is no such answer within the limit.
 */
export async function until<Answer>(
  goal: string,
  ask: () => Answer | Promise<Answer>,
  { limit = 10_000, pause = 20, signal }: Options = {},
): Promise<NonNullable<Exclude<Answer, false>>> {
  const deadline = performance.now() + limit;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined) {
      return answer as NonNullable<Exclude<Answer, false>>;
    }
    if (performance.now() > deadline)
      throw new Problem(`${goal}: not within ${limit / 1000} seconds`);
    await sleep(pause, undefined, { signal }).catch(() => {}); // aborted
  }
}
