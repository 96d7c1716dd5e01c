/** The progress of an experiment in steps, and the time that is left. */

/** Returns a function that says which step begins, as in `5 of 27, about 3 minutes left: NAME`. */
export function createProgress(total: number, say: (line: string) => void) {
  const beganAt = performance.now();
  let done = 0;

  return (name: string): void => {
    const seconds = (performance.now() - beganAt) / 1000;
    const left = done > 0 ? (seconds / done) * (total - done) : null;
    say(describeStep(++done, total, left, name));
  };
}

/** `left` is in seconds; null when it cannot be known yet. */
export function describeStep(
  number: number,
  total: number,
  left: number | null,
  name: string,
): string {
  return `${number} of ${total}${left === null ? '' : `, ${describeTime(left)} left`}: ${name}`;
}

function describeTime(seconds: number): string {
  if (seconds < 60) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
}
