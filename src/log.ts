/** One line per event on standard output; the platform adds the time and the instance. */

export type Log = (line: string) => void;

export const log: Log = (line) => void process.stdout.write(`${line}\n`);

/** Returns a log that leaves out lines which it has had. */
export function withoutRepeats(write: Log): Log {
  const seen = new Set<string>();
  return (line) => {
    if (!seen.has(line)) write(line);
    seen.add(line);
  };
}
