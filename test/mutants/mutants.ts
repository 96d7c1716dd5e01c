/** `npm run mutants`: puts one fault after the other into the code, and expects a test to notice. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Problem, UsageError } from '../../src/lab/command-line/problem.ts';
import { createProgram, numberOption, runProgram } from '../../src/lab/command-line/program.ts';
import { stopOnSignals } from '../../src/lab/command-line/stopping.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { type Copy, createCopy, type TestRun } from './copy.ts';
import type { Mutant } from './mutant.ts';

const DESCRIPTION = `Puts faults of one line into copies of the code, one at a time, and runs the test that is to notice each. The catalogue is in test/mutants/catalogue/.

Exit code: 0 when every fault is noticed but those with a reason, otherwise 1.`;

const MOST_JOBS = 64;

const program = createProgram('mutants')
  .description(DESCRIPTION)
  .option(
    '--only <TEXT>',
    'only faults with this text in their file, suite, description or code',
    '',
  )
  .addOption(
    numberOption(
      '--jobs <N>',
      'this many at a time; one for each core by default',
      1,
      MOST_JOBS,
    ).default(Math.min(MOST_JOBS, availableParallelism())),
  )
  .action(async ({ only, jobs }) => {
    const mutants = catalogue.filter((mutant) => isChosen(mutant, only));
    if (mutants.length === 0) throw new UsageError(`No fault has "${only}" in it.`);
    const misfits = mutants.filter((mutant) => !appliesOnce(mutant));
    if (misfits.length > 0)
      throw problem('The text to replace is not found exactly once:', misfits);
    if (!(await inCopies(jobs, (copies) => areExpected(mutants, copies)))) process.exitCode = 1;
  });

await runProgram(program);

/** Makes copies of the code, calls `work`, and removes them, also on Ctrl-C. */
async function inCopies<Result>(
  count: number,
  work: (copies: Copy[]) => Promise<Result>,
): Promise<Result> {
  const { signal } = stopOnSignals();
  const copies: Copy[] = [];
  try {
    while (copies.length < count) copies.push(await createCopy(signal));
    return await work(copies);
  } catch (error) {
    throw signal.aborted ? new Problem('Stopped.') : error;
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
}

/** Returns whether every fault is noticed but those with a reason. */
async function areExpected(mutants: Mutant[], copies: Copy[]): Promise<boolean> {
  const unfit = await findUnfit(copies[0]!, mutants);
  if (unfit.length > 0) throw problem('Without the fault, the test is missing or fails:', unfit);
  return examineAll(mutants, copies);
}

function isChosen(mutant: Mutant, text: string): boolean {
  return Object.values(mutant).some((each: string) =>
    each.toLowerCase().includes(text.toLowerCase()),
  );
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

async function examineAll(mutants: Mutant[], copies: Copy[]): Promise<boolean> {
  const waiting = mutants.values();
  const counts = { noticed: 0, unnoticed: 0, wrong: 0 };
  await Promise.all(copies.map(work));
  console.log(
    `${mutants.length} faults: ${counts.noticed} noticed, ${counts.unnoticed} not, each with its reason` +
      (counts.wrong > 0 ? `; ${counts.wrong} NOT AS EXPECTED` : ''),
  );
  return counts.wrong === 0;

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

function problem(reason: string, mutants: Mutant[]): Problem {
  const lines = mutants.map(
    ({ file, breaks, suite, test }) => `  ${file}: ${breaks} (${suite}: ${test})`,
  );
  return new Problem([reason, ...lines].join('\n'));
}
