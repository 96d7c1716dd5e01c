/** One line per event on standard output; the platform adds the time and the instance. */

export type Log = (line: string) => void;

export const log: Log = (line) => void process.stdout.write(`${line}\n`);
