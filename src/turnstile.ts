/** A limit on how many may do something at a time. */

/**
 * Runs a task as soon as fewer than the limit are running, in order of arrival. Throws Crowded when
 * that takes too long.
 */
export type Turnstile = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** An answer for the client: try again later. */
class Crowded extends Error {
  readonly status = 503;
  readonly expose = true;
  readonly headers = { 'Retry-After': '5' };
}

/** The patience is in milliseconds; the task is what the answer says there is too much of. */
export function createTurnstile(limit: number, patience: number, task: string): Turnstile {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (run) => {
    if (running === limit) await waitForPlace();
    else running++;
    try {
      return await run();
    } finally {
      // Whoever waits takes over the place, so that nobody slips in between
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };

  function waitForPlace(): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(new Crowded(`too many ${task} at a time: try again later`));
      }, patience);
      waiting.push(enter);
    });
  }
}
