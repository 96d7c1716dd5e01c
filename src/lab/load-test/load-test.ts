/** `npm run load-test` puts load on an app that runs anywhere: arguments and life cycle. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOption } from '../command-line/output-file.ts';
import { UsageError } from '../command-line/problem.ts';
import {
  createProgram,
  numberOption,
  readWholeNumber,
  runProgram,
} from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { printReport } from '../report/terminal.ts';
import { createProgress } from './progress.ts';
import { describeTests } from './reports/facts.ts';
import { jsonSummary } from './reports/json-summary.ts';
import { summaryTable } from './reports/table.ts';
import { describeUse } from './reports/use.ts';
import { readBegin, readResults } from './results/file.ts';
import { summarize } from './results/summarize.ts';
import { selfTest } from './self-test/self-test.ts';
import { type Plan, runLoadTest } from './run.ts';
import { scaleBy } from './scaling.ts';
import { readOrigin } from './target.ts';
import type { Load } from './under-load.ts';
import { exitCodeOf, judge, NOT_MEASURED } from './verdict.ts';
import { type Scenario, SCENARIOS } from './visitors/visitors.ts';

const MOST_CONNECTIONS = 128;
const MOST_USERS = 10_000;
const USERS = 20;
const DURATION = 10; // seconds
const SELF_TEST = 5; // seconds
const LONGEST = 3600; // seconds
const HIGHEST_RATE = 100_000; // requests per second
const MOST_INSTANCES = 100;

/** Files to write. */
interface Outputs {
  json?: string;
  html?: string;
}

const program = createProgram('load-test')
  .description(
    'Puts load on a running redis-example-app, and checks every answer: its status, the user, the ' +
      'value, and which instance it came from. Removes the keys and accounts that it has made.',
  )
  .enablePositionalOptions()
  .argument('[URL]', 'of the app; one without http:// or https:// is taken as http://')
  .option(
    '--scenario <NAME>',
    `keys: PUT, GET and DELETE of keys
signed-in: users sign up, then ask who is signed in
sessions: users sign up, then read and write their sessions
mixed: both in turns`,
    readScenario,
    'mixed' as Scenario,
  )
  .addOption(
    numberOption(
      '--users <N>',
      `number of users; ${USERS} if not given, ${MOST_CONNECTIONS} for --self-test`,
      1,
      MOST_USERS,
    ),
  )
  .addOption(
    numberOption(
      '--connections <N>',
      `which the users share; as many as users if not given, ${MOST_CONNECTIONS} at most`,
      1,
      MOST_CONNECTIONS,
    ),
  )
  .addOption(
    numberOption(
      '--rate <N>',
      'requests per second; as fast as answers come if not given',
      1,
      HIGHEST_RATE,
    ),
  )
  .addOption(
    numberOption(
      '--duration <N>',
      `seconds of each step; ${DURATION} if not given, ${SELF_TEST} for --self-test`,
      1,
      LONGEST,
    ),
  )
  .addOption(
    numberOption(
      '--ramp <N>',
      'seconds in which the connections begin, one by one',
      0,
      LONGEST,
    ).default(0),
  )
  .option('--instances <LIST>', 'steps with so many instances each, as in 1,2,4', (list) =>
    list.split(',').map((text) => readWholeNumber('instances', text, 1, MOST_INSTANCES)),
  )
  .option(
    '--scale <COMMAND>',
    "sets the number of instances, for which {n} stands, as in 'cf scale redis-example-app -i {n}' " +
      "or 'npm run foundry -- scale {n}'",
  )
  .addOption(outputOption('--json <FILE>', 'writes the summary there'))
  .addOption(outputOption('--html <FILE>', 'writes a report with plots there'))
  .addOption(
    outputOption(
      '--results <FILE>',
      'writes what was counted there, second by second; into a new directory for temporary files, ' +
        'which only you can read, if not given',
    ),
  )
  .option('--any-target', 'also puts load on what does not look like this app')
  .option(
    '--self-test',
    'measures the load test itself: how many requests per second it carries on this machine',
  )
  .addHelpText(
    'after',
    `
Ctrl-C ends the load, and reports.
Exit code: 0; 1 when a login was lost or a value was wrong; 2 when it could not be measured.`,
  )
  .action(async (url, { instances, scale, results, json, html, anyTarget, ...options }) => {
    if (!instances !== !scale) throw new UsageError('--instances and --scale go together.');
    const { rate = null, selfTest: isSelfTest } = options;
    const users = options.users ?? (isSelfTest ? MOST_CONNECTIONS : USERS);
    const duration = options.duration ?? (isSelfTest ? SELF_TEST : DURATION);
    const connections = Math.min(users, options.connections ?? MOST_CONNECTIONS);
    const load = { ...options, users, connections, rate, duration };
    if (isSelfTest) return measureItself(load);
    if (!url) throw new UsageError('One URL is wanted, that of the app.');
    const plan: Plan = {
      ...load,
      origin: readOrigin(url),
      counts: instances ?? [null],
      scale: scale ? scaleBy(scale) : null,
      isAnyTarget: anyTarget === true,
    };
    await run(plan, results ?? (await choosePath()), { json, html });
  });

program
  .command('report')
  .description('prints the table of a file of results again; several files become one report')
  .argument('<FILE...>')
  .addOption(outputOption('--json <FILE>', 'writes the summary there'))
  .action(async (files, outputs) => evaluate(files, outputs));

program
  .command('plot')
  .description('prints it too, and makes the report with plots, in FILE.html if not given')
  .argument('<FILE...>')
  .addOption(outputOption('--json <FILE>', 'writes the summary there'))
  .addOption(outputOption('--html <FILE>', 'writes the report there'))
  .action(async (files, { json, html = `${files[0]}.html` }) => evaluate(files, { json, html }));

await runProgram(program, NOT_MEASURED);

function readScenario(text: string): Scenario {
  const found = SCENARIOS.find((name) => name === text);
  if (found) return found;
  throw new UsageError(`--scenario is one of ${SCENARIOS.join(', ')}, and not "${text}".`);
}

async function measureItself(load: Load): Promise<void> {
  const { signal } = stopOnSignals(() => process.exit(NOT_MEASURED));
  console.log(await selfTest(load, signal));
}

async function run(plan: Plan, path: string, outputs: Outputs): Promise<void> {
  const { signal } = stopOnSignals(() => process.exit(NOT_MEASURED));
  await runLoadTest(plan, { path, signal, observer: createProgress() });
  await evaluate([path], outputs);
  console.log(`\nResults: ${path}`);
}

/** Returns a path in a new directory that only its owner can read. Its name cannot be guessed. */
async function choosePath(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'load-test-')), 'results.jsonl');
}

/** Prints and writes what the results come to, and sets the exit code. */
async function evaluate(paths: string[], { json, html }: Outputs): Promise<void> {
  const begins = await Promise.all(paths.map(readBegin));
  const summary = await summarize(
    begins.map((begin, i) => ({ begin, lines: readResults(paths[i]!) })),
  );
  const { sentence } = judge(summary);
  printReport(
    [`\n${summaryTable(summary)}\n`, sentence, describeUse(summary)].filter(Boolean).join('\n'),
  );
  if (json) await writeFile(json, jsonSummary(summary));
  if (html) {
    // Loaded only here: with all that draws plots, it takes longer than everything else together
    const { htmlReport } = await import('./reports/html-report.ts');
    await writeFile(html, htmlReport(summary, describeTests(begins)));
    console.log(`\nReport with plots: ${html}`);
  }
  process.exitCode = exitCodeOf(summary);
}
