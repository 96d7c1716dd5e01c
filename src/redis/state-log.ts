/** Logs the state of Redis when it changes, at a pace that people can read. */
import type { Log } from '../log.ts';

/** The same problem is logged once in this time at most. */
const PAUSE = 10_000; // milliseconds

/** Takes a sentence, or null when all is well. */
export type StateLog = (problem: string | null) => void;

/**
 * `allIsWell` is logged when a problem is over, and at first. A problem that comes back too soon is
 * logged when the pause is over, if it is there then.
 */
export function createStateLog(log: Log, allIsWell: string): StateLog {
  const loggedAt = new Map<string, number>();
  let last: string | null | undefined;
  let later: NodeJS.Timeout | undefined;

  return say;

  function say(problem: string | null): void {
    clearTimeout(later);
    if (problem === last) return;
    const wait = problem === null ? 0 : timeToWait(problem);
    if (wait > 0) {
      later = setTimeout(say, wait, problem).unref();
      return;
    }
    last = problem;
    if (problem !== null) loggedAt.set(problem, performance.now());
    log(problem ?? allIsWell);
  }

  function timeToWait(problem: string): number {
    return (loggedAt.get(problem) ?? -Infinity) + PAUSE - performance.now();
  }
}
