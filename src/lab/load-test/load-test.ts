/** `npm run load-test`, load on an app that runs anywhere: its life cycle. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '../report/machine.ts';
import { Problem } from '../command-line/problem.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { type Outputs, readArguments, type Run, USAGE } from './arguments.ts';
import { createProgress } from './progress.ts';
import type { Facts } from './reports/html-report.ts';
import { jsonSummary } from './reports/json-summary.ts';
import { summaryTable } from './reports/table.ts';
import { judge } from './reports/verdict.ts';
import { readBegin, readResults } from './results/file.ts';
import type { Begin } from './results/lines.ts';
import { summarize } from './results/summarize.ts';
import { runLoadTest } from './run.ts';

const FAULTY = 1;
const NOT_MEASURED = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const task = parse(args);
    if (task === 'help') console.log(USAGE);
    else if ('plan' in task) return await run(task);
    else return await evaluate(await readBegin(task.results), task.results, task.outputs);
    return 0;
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return NOT_MEASURED;
  }
}

function parse(args: string[]) {
  try {
    return readArguments(args);
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n\n${USAGE}`);
  }
}

async function run({ plan, outputs }: Run): Promise<number> {
  const path = outputs.results ?? (await choosePath());
  const { signal } = stopOnSignals(() => process.exit(NOT_MEASURED));
  const begin = await runLoadTest(plan, { path, signal, observer: createProgress() });
  const code = await evaluate(begin, path, outputs);
  console.log(`\nEach request: ${path}`);
  return code;
}

/** Returns a path in a new directory that only its owner can read. Its name cannot be guessed. */
async function choosePath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'load-test-')), 'results.jsonl');
}

/** Returns the exit code. */
async function evaluate(begin: Begin, path: string, { json, html }: Outputs): Promise<number> {
  const summary = await summarize(begin, readResults(path));
  const { isGood, sentence } = judge(summary);
  console.log(`\n${summaryTable(summary)}\n\n${sentence}`);
  if (json) await writeFile(json, jsonSummary(summary));
  if (html) {
    // With all that draws plots, it takes longer to load than everything else together
    const { htmlReport } = await import('./reports/html-report.ts');
    await writeFile(html, htmlReport(summary, describe(begin)));
    console.log(`\nReport with plots: ${html}`);
  }
  if (summary.loginsLost + summary.valuesWrong > 0) return FAULTY;
  return isGood ? 0 : NOT_MEASURED;
}

function describe(begin: Begin): Facts {
  const isHere = isLoopback(new URL(begin.target).hostname);
  const note = isHere ? describeMachine() : undefined;
  return { ...begin, startedAt: new Date(begin.startedAt), note };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
