/** `npm run scale-out` shows what more instances carry, and where logins are lost: its life cycle. */
import { writeFile } from 'node:fs/promises';
import { outputOption } from '../command-line/output-file.ts';
import { createProgress } from '../command-line/progress.ts';
import {
  createProgram,
  numberOption,
  readWholeNumber,
  runProgram,
  variablesOption,
} from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { readShare } from '../foundry/arguments.ts';
import { silence } from '../processes/output.ts';
import { describeMachine } from '../report/machine.ts';
import { printReport } from '../report/terminal.ts';
import { countLoginsLost, countRuns } from './logins.ts';
import { plotScaleOut } from './plot.ts';
import { EVENTS, inOrder, type Results, SCENARIOS, SESSIONS } from './results.ts';
import { loginsTable, throughputTable } from './tables.ts';
import { countLoads, measureThroughput } from './throughput.ts';

/** While logins are counted: so few that they can be lost to nothing but the event. */
const RATE = 100; // requests per second
/** An odd number: otherwise each user could meet the same instance each time, in step with the router. */
const USERS = 13;
const COUNTS = [1, 2, 4];

const program = createProgram('scale-out')
  .description(
    'First puts as much load as it can on one, two, four and eight instances, each with a share of ' +
      'a core and the same number of connections, and says what they carry and what limits them. Then keeps ' +
      'sessions in the memory of the instances, in memory behind a sticky router, and in Redis; has ' +
      'one, two and four instances; and counts the logins lost while nothing happens, while one is ' +
      'killed, and while the app is scaled out and in again. Takes about eight minutes.',
  )
  .option('--instances <LIST>', 'numbers of instances', readCounts, [1, 2, 4, 8])
  .option('--cpu <SHARE>', 'of a core, for each instance; 0 for no limit', readShare, 0.2)
  .addOption(
    numberOption(
      '--connections <N>',
      'to each instance, while throughput is measured',
      1,
      64,
    ).default(8),
  )
  .addOption(numberOption('--seconds <N>', 'of load, for each run', 1, 600).default(6))
  .addOption(variablesOption())
  .addOption(outputOption('--svg <FILE>', 'writes the plot there'))
  .addOption(outputOption('--json <FILE>', 'writes the figures there'))
  .action(async ({ instances, cpu, connections, seconds: duration, env: variables, svg, json }) => {
    silence(); // standard output is the tables alone
    const { signal } = stopOnSignals(() => process.exit(1));
    const results: Results = { throughput: [], runs: [] };
    const extent = { duration, variables };
    const loads = { ...extent, scenarios: SCENARIOS, counts: instances, share: cpu, connections };
    const disturbed = { sessions: SESSIONS, events: EVENTS, counts: COUNTS };
    const runs = { ...extent, ...disturbed, users: USERS, rate: RATE };
    const say = createProgress(countLoads(loads) + countRuns(runs), console.error);
    await measureThroughput(loads, {
      signal,
      say,
      report: (result) => results.throughput.push(result),
    });
    await countLoginsLost(runs, { signal, say, report: (run) => results.runs.push(run) });
    const conditions = describe(cpu);
    results.throughput.sort(inOrder);
    const tables = [throughputTable(results.throughput), loginsTable(results.runs)];
    printReport([...tables, conditions].join('\n\n'));
    if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
    if (svg) await writeFile(svg, plotScaleOut(results, conditions));
  });

await runProgram(program);

function describe(share: number): string {
  return share ? `Each instance has ${share} of a core. ${describeMachine()}` : describeMachine();
}

function readCounts(list: string): number[] {
  return list.split(',').map((text) => readWholeNumber('instances', text, 1, 10));
}
