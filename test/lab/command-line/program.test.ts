/** The programs of the lab: their usage texts, errors and exit codes. */
import { mkdtempSync } from 'node:fs';
import { Problem, UsageError } from '../../../src/lab/command-line/problem.ts';
import { type Process, startProcess } from '../../../src/lab/processes/process.ts';
import {
  createProgram,
  numberOption,
  readWholeNumber,
  runProgram,
  variablesOption,
} from '../../../src/lab/command-line/program.ts';

let printed: string[];
beforeEach(() => {
  printed = [];
  const print = (text: unknown) => printed.push(String(text));
  jest.spyOn(console, 'error').mockImplementation(print);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(print(text)));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

/** Before every sentence about arguments. */
const USAGE = 'Usage: npm run example -- [options]   (--help explains it)\n\n';

/** Returns the exit code of a program with one option. */
async function run(words: string, act: (seconds: number) => unknown = () => {}, codeOfErrors = 1) {
  process.argv = ['node', 'program.js', ...words.split(' ').filter(Boolean)];
  const program = createProgram('example')
    .addOption(numberOption('--seconds <N>', 'of load', 1, 600).default(8))
    .action(async ({ seconds }) => void (await act(seconds)));
  await runProgram(program, codeOfErrors);
  return process.exitCode;
}

describe('a program', () => {
  it('reads its options', async () => {
    const act = jest.fn();
    expect(await run('', act)).toBeUndefined();
    expect(await run('--seconds 1', act)).toBeUndefined();
    expect(await run('--seconds 600', act)).toBeUndefined();
    expect(act.mock.calls).toEqual([[8], [1], [600]]);
  });

  it('prints its usage text', async () => {
    expect(await run('--help')).toBeUndefined();
    expect(printed.join('')).toMatch(/^Usage: npm run example -- .*--seconds <N> +of load/s);
  });

  it.each([
    ['--seconds 0', '--seconds is a whole number from 1 to 600, and not "0".'],
    ['--seconds 601', '--seconds is a whole number from 1 to 600, and not "601".'],
    ['--seconds 1.5', '--seconds is a whole number from 1 to 600, and not "1.5".'],
    ['--seconds 1e2', '--seconds is a whole number from 1 to 600, and not "1e2".'],
    ['--seconds 0x10', '--seconds is a whole number from 1 to 600, and not "0x10".'],
    ['--seconds x', '--seconds is a whole number from 1 to 600, and not "x".'],
    ['--colour', "Unknown option '--colour'."],
    ['--second 1', "Unknown option '--second'. Did you mean --seconds?"],
    ['--seconds', "Option '--seconds <N>' argument missing."],
    ['now', 'Too many arguments. Expected 0 arguments but got 1.'],
  ])('refuses %s with one line of usage, and says last why', async (words, sentence) => {
    expect(await run(words)).toBe(1);
    expect(printed).toEqual([USAGE + sentence]);
  });

  it('prints what the system says of a file without a stack trace', async () => {
    expect(await run('', () => mkdtempSync('/no/such/directory/'))).toBe(1);
    expect(printed).toEqual([
      expect.stringMatching(/^ENOENT: [^\n]*\/no\/such\/directory\/[^\n]*$/),
    ]);
  });

  it.each([
    ['a problem as it reads', new Problem('No luck.'), /^No luck\.$/],
    ['a usage error with the usage', new UsageError('Which?'), /^Usage: npm run .*\n\nWhich\?$/],
    ['a defect', new TypeError('a defect'), /^TypeError: a defect/],
  ])('prints %s, and ends with the exit code of errors', async (_, error, text) => {
    const fail = () => {
      throw error;
    };
    expect(await run('', fail, 2)).toBe(2);
    expect(printed).toEqual([expect.stringMatching(text)]);
  });

  it('keeps the exit code that its action has set', async () => {
    expect(await run('', () => (process.exitCode = 3))).toBe(3);
  });

  it.each([
    ['does its work', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Problem('No luck.'))],
  ])('kills what it has started and left, when it %s', async (_, end) => {
    let left!: Process;
    const command = ['sleep', '60'] as const;
    const start = { name: 'left', command, cwd: '/', env: { PATH: process.env.PATH } };
    await run('', async () => {
      left = await startProcess(start, () => {});
      await end();
    });
    expect(await left.ended).toBe('signal SIGKILL');
  });
});

it('a whole number may have blanks around it, as in a list, and is no empty text', () => {
  expect(readWholeNumber('instances', ' 2', 0, 4)).toBe(2);
  expect(() => readWholeNumber('instances', '', 0, 4)).toThrow(
    '--instances is a whole number from 0 to 4, and not "".',
  );
});

describe('--env', () => {
  function read(text: string): Record<string, string> {
    const program = createProgram('example').addOption(variablesOption());
    return program.parse(['--env', text], { from: 'user' }).opts().env;
  }

  it.each([
    ['service_name=redis', { service_name: 'redis' }],
    ['_A1=b=c', { _A1: 'b=c' }],
    ['A=', { A: '' }],
    ['A=one\ntwo', { A: 'one\ntwo' }],
  ])('sets a variable: %j', (text, variables) => {
    expect(read(text)).toEqual(variables);
  });

  it.each(['A', '=b', '1A=b', 'A-B=c'])('refuses "%s"', (text) => {
    expect(() => read(text)).toThrow(
      `"${text}" is no variable: write it as OPERATOR_PASSWORD=VALUE.`,
    );
  });
});
