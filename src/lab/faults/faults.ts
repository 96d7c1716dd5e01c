/** `npm run faults`, what holds when something breaks: arguments and life cycle. */
import { parseArgs } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import { type Column, markdownTable } from '../report/markdown-table.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { MEMORY } from '../foundry/environment.ts';
import { createLimiter } from '../foundry/limits/limiter.ts';
import { readWholeNumber } from '../command-line/whole-number.ts';
import type { Fault, Finding } from './fault.ts';
import { FULL_SCALE, type Plan } from './plan.ts';
import { stopLabsOnSignals } from './lab.ts';

const USAGE = `Usage: npm run faults -- [--fault LIST] [--seconds N] [--help]

Breaks one thing after the other under a constant load of 100 requests per second from 20 users, and
prints what held, as Markdown. Needs Linux and redis-server. Takes about 25 minutes.

  --fault LIST   only these, by their numbers, with commas between
  --seconds N    how long each attack by strangers lasts, from 2 to 60; 20 if not given. With fewer,
                 all other times and numbers are smaller in proportion

Faults:
${catalogue.map(({ name }, i) => `  ${String(i + 1).padStart(2)}  ${name}`).join('\n')}

Exit code: 0 when everything held, otherwise 1.`;

const COLUMNS: Column[] = [
  { title: 'fault' },
  { title: 'what must hold' },
  { title: 'held' },
  { title: 'measured' },
];

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      options: {
        fault: { type: 'string' },
        seconds: { type: 'string', default: `${FULL_SCALE.seconds}` },
        help: { type: 'boolean' },
      },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const seconds = readWholeNumber('seconds', values.seconds, 2, 60);
    return await run(choose(values.fault), { seconds });
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    return 1;
  }
}

function choose(list?: string): Fault[] {
  if (!list) return catalogue;
  return list.split(',').map((text) => {
    const fault = catalogue[Number(text) - 1];
    if (!fault) throw new Problem(`There is no fault "${text}".\n\n${USAGE}`);
    return fault;
  });
}

async function run(faults: Fault[], plan: Plan): Promise<number> {
  stopLabsOnSignals();
  console.error((await createLimiter({ memory: MEMORY })).description);
  const rows: string[][] = [];
  let haveAllHeld = true;
  for (const fault of faults) {
    console.error(`${fault.name} …`);
    const { broken, figures } = await examine(fault, plan);
    const holds = broken.length === 0;
    const measured = [...broken.map((promise) => promise.toUpperCase()), figures].join('; ');
    console.error(`${holds ? 'held' : 'DID NOT HOLD'}: ${measured}`);
    haveAllHeld &&= holds;
    rows.push([fault.name, fault.promise, holds ? 'yes' : '**no**', measured]);
  }
  console.log(markdownTable(COLUMNS, rows));
  return haveAllHeld ? 0 : 1;
}

/** A run that goes wrong has not held. */
async function examine(fault: Fault, plan: Plan): Promise<Finding> {
  try {
    return await fault.run(plan);
  } catch (error) {
    return { broken: ['not measured'], figures: (error as Error).message };
  }
}
