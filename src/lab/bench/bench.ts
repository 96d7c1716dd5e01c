/** `npm run bench` compares the app with its limit and its peers: arguments and life cycle. */
import { writeFile } from 'node:fs/promises';
import { outputOption } from '../command-line/output-file.ts';
import { Problem } from '../command-line/problem.ts';
import { createProgram, numberOption, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { silence } from '../processes/output.ts';
import { printReport } from '../report/terminal.ts';
import { findUpstream } from './contestants.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import {
  addToKeyScenarios,
  chooseScenarios,
  estimateMinutes,
  listScenarios,
  scenarios,
} from './scenarios.ts';

const MOST = 99_999;
const DEFAULTS = { connections: 64, rounds: 6, seconds: 2, warmUp: 5 };

const program = createProgram('bench')
  .description(
    'Compares the app with bare node:http + ioredis servers and with what people build of Express, ' +
      'Fastify and plain koa-session, in rounds that take turns, and prints the ratios as Markdown. ' +
      'Needs Linux, redis-server and wrk. ' +
      `Takes ${estimateMinutes(scenarios, DEFAULTS)} minutes as it is.`,
  )
  .option(
    '--scenario <NAME>',
    'only this one, by name or number; may be repeated, or be a list with commas',
    (name, names: string[]) => [...names, name],
    [],
  )
  .option('--upstream <DIR>', 'beside them cf-redis-example-app, the Ruby app, with its gems')
  .addOption(
    numberOption('--connections <N>', 'keep-alive connections; worth trying: 256', 1, MOST).default(
      DEFAULTS.connections,
    ),
  )
  .addOption(numberOption('--rounds <N>', 'number of rounds', 1, MOST).default(DEFAULTS.rounds))
  .addOption(numberOption('--seconds <N>', 'length of a round', 1, MOST).default(DEFAULTS.seconds))
  .addOption(
    numberOption('--warm-up <N>', 'seconds of load before the first round', 1, MOST).default(
      DEFAULTS.warmUp,
    ),
  )
  .addOption(outputOption('--json <FILE>', 'writes every sample there as well'))
  .addHelpText(
    'after',
    `
Scenarios:
${listScenarios()}

Example: npm run bench -- --scenario 4,5 --connections 256 --rounds 4 --json bench.json`,
  )
  .action(async ({ scenario, upstream, json, ...plan }) => {
    const chosen = chooseScenarios(scenario);
    const all = upstream ? addToKeyScenarios(chosen, await findUpstream(upstream)) : chosen;
    silence(); // standard output is the report alone
    const { signal } = stopOnSignals();
    try {
      const results = await run(all, plan, { signal, say: (line) => console.error(line) });
      printReport(report(results).trimEnd());
      if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
    } catch (error) {
      throw signal.aborted ? new Problem('Stopped.') : error;
    }
  });

await runProgram(program);
