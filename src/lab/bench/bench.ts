/** `npm run bench`, the app beside its limit and its peers: the life cycle of the program. */
import { writeFile } from 'node:fs/promises';
import { Problem } from '../command-line/problem.ts';
import { readArguments, USAGE } from './arguments.ts';
import { report } from './report.ts';
import { run } from './run.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const stopping = stopOnSignals();
  try {
    const { scenarios, plan, json, help } = await readArguments();
    if (help) {
      console.log(USAGE);
      return 0;
    }
    const results = await run(scenarios, plan, { signal: stopping.signal, say });
    process.stdout.write(report(results));
    if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
    return 0;
  } catch (error) {
    if (!stopping.signal.aborted && !(error instanceof Problem)) throw error;
    console.error(stopping.signal.aborted ? 'Stopped.' : (error as Problem).message);
    return 1;
  }
}

/** npm passes the terminal's Ctrl-C on, so a signal that comes twice must do no harm. */
function stopOnSignals(): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
  return stopping;
}

/** To standard error, so that standard output is the report alone. */
function say(line: string) {
  console.error(line);
}
