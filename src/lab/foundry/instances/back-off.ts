/** How long to wait before an instance that ended by itself is started again. */

/** The platform restarts three times at once, then after 30 seconds, a minute, and so on. */
const QUICK_RESTARTS = 3;
const SHORTEST = 1000; // 1 second
const LONGEST = 30 * 1000; // 30 seconds

/** An instance that has run for so long begins anew. */
const STABLE = 60 * 1000; // 1 minute

export function createBackOff() {
  let crashes = 0;
  let startedAt = performance.now();

  return { started, next };

  function started() {
    startedAt = performance.now();
  }

  function next(): number {
    if (performance.now() - startedAt > STABLE) crashes = 0;
    crashes++;
    return Math.min(SHORTEST * 2 ** Math.max(0, crashes - QUICK_RESTARTS), LONGEST);
  }
}
