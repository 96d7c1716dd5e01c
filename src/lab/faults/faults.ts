/** `npm run faults`: breaks one thing after the other and prints a table of what held. */
import { Option } from '@commander-js/extra-typings';
import { UsageError } from '../command-line/problem.ts';
import { createProgress } from '../command-line/progress.ts';
import {
  createProgram,
  numberOption,
  runProgram,
  variablesOption,
} from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { MEMORY } from '../foundry/environment.ts';
import { createLimiter } from '../foundry/limits/limiter.ts';
import { type Column, markdownTable } from '../report/markdown-table.ts';
import { printReport } from '../report/terminal.ts';
import { catalogue } from './catalogue/catalogue.ts';
import type { Fault, Finding } from './fault.ts';
import { type Conditions, inLab } from './lab.ts';
import { FULL_SCALE, type Plan } from './plan.ts';

const DESCRIPTION = `Breaks one thing after the other under a constant load of 100 requests per second from 20 users, and prints what held, as Markdown. Needs Linux and redis-server. Takes about 25 minutes.

Faults:
${catalogue.map(({ name }, i) => `  ${String(i + 1).padStart(2)}  ${name}`).join('\n')}

Exit code: 0 when everything held, otherwise 1.`;

const COLUMNS: Column[] = [
  { title: 'fault' },
  { title: 'what must hold' },
  { title: 'held' },
  { title: 'measured' },
];

await runProgram(
  createProgram('faults')
    .description(DESCRIPTION)
    .addOption(
      new Option('--fault <LIST>', 'only these, by their numbers, with commas between').argParser(
        choose,
      ),
    )
    .addOption(
      numberOption(
        '--seconds <N>',
        'how long each attack by strangers lasts, from 2 to 60; with fewer than 20, all other times and numbers are smaller in proportion',
        2,
        60,
      ).default(FULL_SCALE.seconds),
    )
    .addOption(variablesOption())
    .action(async ({ fault = catalogue, seconds, env }) => {
      if (!(await haveAllHeld(fault, { seconds }, env))) process.exitCode = 1;
    }),
);

function choose(list: string): Fault[] {
  return list.split(',').map((number) => {
    const fault = catalogue[Number(number) - 1];
    if (!fault) {
      throw new UsageError(
        `There is no fault "${number}": they go from 1 to ${catalogue.length}, and --help names them.`,
      );
    }
    return fault;
  });
}

async function haveAllHeld(
  faults: Fault[],
  plan: Plan,
  variables: Record<string, string>,
): Promise<boolean> {
  const { signal } = stopOnSignals(() => process.exit(1));
  console.error((await createLimiter({ memory: MEMORY, cpu: 0 })).description);
  const rows: string[][] = [];
  let haveHeld = true;
  const begin = createProgress(faults.length, console.error);
  for (const fault of faults) {
    begin(fault.name);
    const { broken, figures } = await examine(fault, plan, { variables, signal });
    const holds = broken.length === 0;
    const measured = [...broken.map((promise) => promise.toUpperCase()), figures].join('; ');
    console.error(`${holds ? 'held' : 'DID NOT HOLD'}: ${measured}`);
    haveHeld &&= holds;
    rows.push([fault.name, fault.promise, holds ? 'yes' : '**no**', measured]);
  }
  printReport(markdownTable(COLUMNS, rows));
  return haveHeld;
}

/** A run that throws has not held. */
async function examine(fault: Fault, plan: Plan, conditions: Conditions): Promise<Finding> {
  try {
    return await inLab({ ...fault.setting, ...conditions, plan }, (lab) => fault.run(lab, plan));
  } catch (error) {
    return { broken: ['not measured'], figures: (error as Error).message };
  }
}
