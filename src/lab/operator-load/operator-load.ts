/** `npm run operator-load` measures what the operator's room costs: arguments, goals and report. */
import { Problem } from '../command-line/problem.ts';
import { createProgram, numberOption, runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { silence } from '../processes/output.ts';
import { figures, tabulate, words } from '../report/markdown-table.ts';
import { printReport } from '../report/terminal.ts';
import { type Goal, judge } from './goals.ts';
import { measureRoom } from './measure.ts';

const program = createProgram('operator-load')
  .description(
    "Fills a Redis, and measures the operator's room: how soon it shows a page of keys, how much longer " +
      'GET /:key takes while the operator browses and deletes by pattern, what Redis notes in its slow ' +
      'log, and how much memory the instance needs to look at very large values. Ends with 1 when a ' +
      'goal is missed. Needs Linux and 2 GB of memory, and takes about two minutes.',
  )
  .addOption(numberOption('--keys <N>', 'number of keys', 1000, 10_000_000).default(1_000_000))
  .addOption(numberOption('--elements <N>', 'of a list', 1000, 100_000_000).default(10_000_000))
  .addOption(numberOption('--megabytes <N>', 'of a value', 1, 512).default(512))
  .addOption(numberOption('--rounds <N>', 'with and without the operator', 1, 100).default(8))
  .addOption(numberOption('--seconds <N>', 'length of a round', 1, 600).default(5))
  .addOption(numberOption('--rate <N>', 'GET /:key each second', 10, 10_000).default(200))
  .action(async (extent) => {
    silence(); // standard output is the table alone
    const { signal } = stopOnSignals();
    try {
      const goals = judge(extent, await measureRoom(extent, signal, console.error));
      printReport(report(goals));
      if (!goals.every(({ isMet }) => isMet)) throw new Problem('A goal is missed.');
    } catch (error) {
      throw signal.aborted ? new Problem('Stopped.') : error;
    }
  });

await runProgram(program);

function report(goals: Goal[]): string {
  return tabulate(goals, [
    words('goal', ({ name }) => name),
    words('at most', ({ most }) => most),
    figures('measured', ({ measured }) => measured),
    words('met', ({ isMet }) => (isMet ? 'yes' : 'NO')),
  ]);
}
