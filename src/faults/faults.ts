/** `npm run faults`, what holds when something breaks: arguments and life cycle. */
import { parseArgs } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import { type Column, markdownTable } from '../report/markdown-table.ts';
import { catalogue } from './catalogue/catalogue.ts';
import type { Fault, Finding } from './fault.ts';

const USAGE = `Usage: npm run faults -- [--fault N] [--help]

Breaks one thing after the other under a constant load of 100 requests per second from 20 users, and
prints what held, as Markdown. Needs Linux and redis-server. Takes about 18 minutes.

  --fault LIST   only these, by their numbers, with commas between

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
      options: { fault: { type: 'string' }, help: { type: 'boolean' } },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    return await run(choose(values.fault));
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

async function run(faults: Fault[]): Promise<number> {
  const rows: string[][] = [];
  let haveAllHeld = true;
  for (const fault of faults) {
    console.error(`${fault.name} …`);
    const { holds, figures } = await examine(fault);
    console.error(`${holds ? 'held' : 'DID NOT HOLD'}: ${figures}`);
    haveAllHeld &&= holds;
    rows.push([fault.name, fault.promise, holds ? 'yes' : '**no**', figures]);
  }
  console.log(markdownTable(COLUMNS, rows));
  return haveAllHeld ? 0 : 1;
}

/** A run that goes wrong has not held. */
async function examine(fault: Fault): Promise<Finding> {
  try {
    return await fault.run();
  } catch (error) {
    return { holds: false, figures: `not measured: ${(error as Error).message}` };
  }
}
