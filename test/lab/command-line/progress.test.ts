/** What a program says while it measures, and what it refuses before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOption } from '../../../src/lab/command-line/output-file.ts';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import { createProgress, describeStep } from '../../../src/lab/command-line/progress.ts';
import { createProgram } from '../../../src/lab/command-line/program.ts';

describe('the progress of an experiment', () => {
  it('counts the steps, and says how long the others take if they take as long', () => {
    const said: string[] = [];
    let minutes = 0;
    jest.spyOn(performance, 'now').mockImplementation(() => 60_000 * minutes);
    const begin = createProgress(3, (line) => said.push(line));
    for (const name of ['keys', 'sessions', 'both']) {
      begin(name);
      minutes += 2;
    }
    jest.restoreAllMocks();
    expect(said).toEqual([
      '1 of 3: keys',
      '2 of 3, about 4 minutes left: sessions',
      '3 of 3, about 2 minutes left: both',
    ]);
  });

  it.each([
    [59, '5 of 27, less than a minute left: a fault'],
    [60, '5 of 27, about a minute left: a fault'],
    [89, '5 of 27, about a minute left: a fault'],
    [91, '5 of 27, about 2 minutes left: a fault'],
  ])('says of %i seconds "%s"', (seconds, line) => {
    expect(describeStep(5, 27, seconds, 'a fault')).toBe(line);
  });
});

describe('a file that a program writes at its end', () => {
  it('is refused at its start, when it cannot be written', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'output-test-'));
    const act = jest.fn();
    const program = createProgram('example')
      .addOption(outputOption('--svg <FILE>', 'writes the plot there'))
      .action(act);
    const run = (file: string) => program.parseAsync(['--svg', file], { from: 'user' });

    const refused = run(join(directory, 'missing', 'plot.svg'));
    await expect(refused).rejects.toThrow(Problem);
    await expect(refused).rejects.toThrow(/missing\/plot\.svg cannot be written: ENOENT/);
    await expect(run(directory)).rejects.toThrow('cannot be written: EISDIR');
    expect(act).not.toHaveBeenCalled();

    await run(join(directory, 'plot.svg'));
    expect(act).toHaveBeenCalledTimes(1);
    rmSync(directory, { recursive: true });
  });
});
