/** `npm run mutants`: puts one fault after the other into the code, and expects a test to notice. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { catalogue } from './catalogue/catalogue.ts';
import { type Copy, createCopy, type TestRun } from './copy.ts';
import type { Mutant } from './mutant.ts';

const USAGE = `Usage: npm run mutants -- [--only TEXT] [--jobs N] [--help]

Puts faults of one line into copies of the code, one at a time, and runs the test that is to notice
each. The catalogue is in test/mutants/catalogue/.

  --only TEXT  only those whose file, suite or description contains it
  --jobs N     so many at a time; one for each core if not given

Exit code: 0 when every fault is noticed but those with a reason, otherwise 1.`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean' },
  },
});

const copies: Copy[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

if (options.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  const mutants = catalogue.filter(isChosen);
  const misfits = mutants.filter((mutant) => !appliesOnce(mutant));
  if (misfits.length > 0) return fail('The text to replace is not found exactly once:', misfits);
  try {
    for (let i = 0; i < Number(options.jobs); i++) copies.push(await createCopy());
    const weak = await findUnfit(copies[0]!, mutants);
    if (weak.length > 0) return fail('Without the fault, the test is missing or fails:', weak);
    return await examineAll(mutants);
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
}

function isChosen({ file, suite, breaks }: Mutant): boolean {
  return [file, suite, breaks].some((text) => text.includes(options.only));
}

function appliesOnce({ file, search }: Mutant): boolean {
  return readFileSync(file, 'utf8').split(search).length === 2;
}

/** Mutants whose test does not pass as long as nothing is broken. */
async function findUnfit(copy: Copy, mutants: Mutant[]): Promise<Mutant[]> {
  console.error('The tests without any fault …');
  const suites = [...new Set(mutants.map(({ suite }) => suite))];
  const names = new Set(mutants.map(({ test }) => escape(test)));
  const run = await copy.runTests(suites, new RegExp([...names].join('|')));
  const unfit = mutants.filter((mutant) => judge(mutant, run) !== 'passed');
  if (unfit.length > 0) console.error(run.output);
  return unfit;
}

async function examineAll(mutants: Mutant[]): Promise<number> {
  const waiting = mutants.values();
  const counts = { noticed: 0, unnoticed: 0, wrong: 0 };
  await Promise.all(copies.map(work));
  console.log(
    `${mutants.length} faults: ${counts.noticed} noticed, ${counts.unnoticed} not, each with its reason` +
      (counts.wrong > 0 ? `; ${counts.wrong} NOT AS EXPECTED` : ''),
  );
  return counts.wrong > 0 ? 1 : 0;

  async function work(copy: Copy) {
    for (const mutant of waiting) {
      const began = performance.now();
      const { verdict, isWrong, output } = await examine(copy, mutant);
      counts[isWrong ? 'wrong' : mutant.unnoticed ? 'unnoticed' : 'noticed']++;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(
        `${verdict.padEnd(17)} ${seconds.padStart(5)} s  ${mutant.file}: ${mutant.breaks}`,
      );
      if (isWrong) console.log(output.trimEnd());
    }
  }
}

async function examine(copy: Copy, mutant: Mutant) {
  await copy.edit(mutant.file, mutant.search, mutant.replace);
  const run = await copy.runTests([mutant.suite], new RegExp(escape(mutant.test)));
  await copy.restore(mutant.file);
  const outcome = judge(mutant, run);
  if (outcome === 'not run') return { verdict: 'BROKEN', isWrong: true, output: run.output };
  const { unnoticed } = mutant;
  if (outcome === 'failed') {
    if (!unnoticed) return { verdict: 'noticed', isWrong: false, output: '' };
    return { verdict: 'NOTICED BY NOW', isWrong: true, output: `It has a reason: ${unnoticed}` };
  }
  if (unnoticed) return { verdict: 'not noticed', isWrong: false, output: '' };
  return { verdict: 'NOT NOTICED', isWrong: true, output: `By "${mutant.test}", ${mutant.suite}` };
}

function judge({ suite, test }: Mutant, { tests }: TestRun): 'passed' | 'failed' | 'not run' {
  const named = tests.filter(({ suite: path, name }) => path === suite && name.includes(test));
  if (named.some(({ status }) => status === 'failed')) return 'failed';
  return named.some(({ status }) => status === 'passed') ? 'passed' : 'not run';
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function fail(reason: string, mutants: Mutant[]): number {
  console.error(reason);
  for (const { file, breaks, suite, test } of mutants)
    console.error(`  ${file}: ${breaks} (${suite}: ${test})`);
  return 1;
}

function stop(): void {
  void Promise.all(copies.map((copy) => copy.remove())).finally(() => process.exit(1));
}
