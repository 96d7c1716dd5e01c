/** Measures the load test itself, with a server that costs next to nothing. */
import { join } from 'node:path';
import { Problem } from '../../command-line/problem.ts';
import { startProcess } from '../../processes/process.ts';
import { count, formatCount } from '../../report/numbers.ts';
import { describeUse } from '../reports/use.ts';
import { judge } from '../verdict.ts';
import { type Load, underLoad } from '../under-load.ts';

const SERVER = join(import.meta.dirname, 'server.js');

/** Returns the highest rate of this machine, and what each checked answer costs, in sentences. */
export async function selfTest(load: Load, signal: AbortSignal): Promise<string> {
  const server = await startServer();
  try {
    const origin = `http://127.0.0.1:${server.port}`;
    const { summary } = await underLoad(origin, load, async () => {}, signal);
    const { threads, processor } = summary.loadTest!;
    return [
      `This machine: ${formatCount(summary.rate)} checked answers/s with ${count(threads, 'thread')}, ` +
        `${processor.toFixed(1)} µs of processor time for each.`,
      judge(summary).sentence,
      describeUse(summary),
    ]
      .filter(Boolean)
      .join('\n');
  } finally {
    await server.stop();
  }
}

async function startServer() {
  let print: (line: string) => void;
  const printed = new Promise<string>((resolve) => (print = resolve));
  const command = [process.execPath, SERVER] as const;
  const start = { name: 'self-test', command, cwd: import.meta.dirname, env: {} };
  const child = await startProcess(start, (line) => print(line));
  const failed = child.ended.then((end) => {
    throw new Problem(`The server of the self-test did not start: ${end}.`);
  });
  const port = await Promise.race([printed, failed]);
  return { port, stop: () => child.stop() };
}
