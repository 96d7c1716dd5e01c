/** `npm run scale-out`, the experiment that shows where logins are lost: arguments and life cycle. */
import { writeFile } from 'node:fs/promises';
import {
  createProgram,
  numberOption,
  readWholeNumber,
  runProgram,
} from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { describeMachine } from '../report/machine.ts';
import { conduct } from './experiment.ts';
import { EVENTS, SESSIONS } from './results.ts';
import { plotScaleOut } from './plot.ts';
import { scaleOutTable } from './table.ts';

const program = createProgram('scale-out')
  .description(
    'Keeps sessions in the memory of the instances, in memory behind a sticky router, and in Redis; ' +
      'has one, two and four instances; and puts load on them while nothing happens, while one is ' +
      'killed, and while the app is scaled out and in again. Prints how many logins are lost. Takes ' +
      'about eight minutes.',
  )
  .option('--instances <LIST>', 'numbers of instances', readCounts, [1, 2, 4])
  .addOption(numberOption('--seconds <N>', 'of load, for each of the 27 runs', 1, 600).default(8))
  .addOption(numberOption('--rate <N>', 'requests per second', 1, 10_000).default(100))
  .addOption(numberOption('--users <N>', 'number of users', 1, 128).default(12))
  .option('--svg <FILE>', 'writes the plot there')
  .option('--json <FILE>', 'writes the figures there')
  .action(async ({ instances, seconds, rate, users, svg, json }) => {
    const { signal } = stopOnSignals(() => process.exit(1));
    const load = { duration: seconds, rate, users };
    const extent = { sessions: SESSIONS, events: EVENTS, counts: instances, ...load };
    const runs = await conduct(extent, signal, (text) => console.error(text));
    console.log(`${scaleOutTable(runs)}\n\n${describeMachine()}`);
    if (json) await writeFile(json, `${JSON.stringify(runs, null, 2)}\n`);
    if (svg) await writeFile(svg, plotScaleOut(runs, { subtitle: describeMachine() }));
  });

await runProgram(program);

function readCounts(list: string): number[] {
  return list.split(',').map((text) => readWholeNumber('instances', text, 1, 10));
}
