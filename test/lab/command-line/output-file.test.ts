/** Files that a program writes at its end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { outputOption } from '../../../src/lab/command-line/output-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'output-'));
afterAll(() => rmSync(directory, { recursive: true }));

function choose(path: string) {
  const program = new Command().addOption(outputOption('--svg <FILE>', 'a plot'));
  program.parse(['--svg', path], { from: 'user' });
}

it('keeps what the file says until the program has something to write', () => {
  const path = join(directory, 'of-yesterday.svg');
  writeFileSync(path, 'yesterday');
  choose(path);
  expect(readFileSync(path, 'utf8')).toBe('yesterday');
});

it('creates the file, so that a full disk or a missing right shows at the start', () => {
  const path = join(directory, 'new.svg');
  choose(path);
  expect(existsSync(path)).toBe(true);
});

it('refuses a file that cannot be written', () => {
  const path = join(directory, 'missing', 'plot.svg');
  expect(() => choose(path)).toThrow(`${path} cannot be written: ENOENT`);
});
