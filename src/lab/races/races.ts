/** `npm run races` counts lost updates and revived sessions: arguments and life cycle. */
import { writeFile } from 'node:fs/promises';
import { outputOption } from '../command-line/output-file.ts';
import { Problem } from '../command-line/problem.ts';
import { createProgram, numberOption, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { app } from '../peers/contestants.ts';
import { silence } from '../processes/output.ts';
import { printReport } from '../report/terminal.ts';
import { ENTRANTS } from './entrants.ts';
import { plotRaces } from './plot.ts';
import { isAnythingUndone } from './results.ts';
import { runRaces } from './run.ts';
import { racesTable } from './table.ts';

/** An instance lets an address sign up 500 times an hour, and each race needs so many sessions. */
const MOST_SESSIONS = 160;

const program = createProgram('races')
  .description(
    'Counts the updates that are lost and the sign-outs that are undone when two instances serve ' +
      'one session at the same time: in this app, and in what people build of Express, Koa and ' +
      'Fastify. Prints a table. Ends with 1 when this app lost or revived anything. Takes about ' +
      'two minutes.',
  )
  .addOption(numberOption('--sessions <N>', 'sessions in each race', 1, MOST_SESSIONS).default(100))
  .addOption(
    numberOption('--writes <N>', 'parallel writes, or requests amid a sign-out', 2, 100).default(
      10,
    ),
  )
  .addOption(outputOption('--svg <FILE>', 'writes the plot there'))
  .addOption(outputOption('--json <FILE>', 'writes the figures there'))
  .action(async ({ sessions, writes, svg, json }) => {
    silence(); // standard output is the table alone
    const { signal } = stopOnSignals();
    try {
      const watch = { signal, say: (line: string) => console.error(line) };
      const results = await runRaces(ENTRANTS, { sessions, writes }, watch);
      printReport(racesTable(results));
      if (json) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
      if (svg) await writeFile(svg, `${plotRaces(results, app.name)}\n`);
      const own = results.find(({ server }) => server === app.name)!;
      if (isAnythingUndone(own)) throw new Problem(`${app.name} lost updates or revived sessions.`);
    } catch (error) {
      throw signal.aborted ? new Problem('Stopped.') : error;
    }
  });

await runProgram(program);
