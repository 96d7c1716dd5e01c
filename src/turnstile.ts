/** A limit on how many may do something at a time. */

/** Runs a task as soon as fewer than the limit are running, in order of arrival. */
export type Turnstile = <Result>(task: () => Promise<Result>) => Promise<Result>;

export function createTurnstile(limit: number): Turnstile {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (task) => {
    if (running === limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // Whoever waits takes over the place, so that nobody slips in between
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
