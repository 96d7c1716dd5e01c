/** Golden files are read, and written by whoever asks for it on a desk. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectGolden } from '../../support/golden.ts';

const { CI, UPDATE_GOLDEN } = process.env;

let directory: string;
let path: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'golden-'));
  path = join(directory, 'golden.txt');
});
afterAll(() => rm(directory, { recursive: true }));

beforeEach(() => writeFile(path, 'before'));
afterEach(() => {
  setEnvironment('CI', CI);
  setEnvironment('UPDATE_GOLDEN', UPDATE_GOLDEN);
});

function setEnvironment(name: string, value = ''): void {
  if (value) process.env[name] = value;
  else delete process.env[name];
}

it('passes what is in the file, and nothing else', () => {
  setEnvironment('UPDATE_GOLDEN');

  expectGolden(path, 'before');
  expect(() => expectGolden(path, 'after')).toThrow();
});

it('writes the file with UPDATE_GOLDEN', async () => {
  setEnvironment('CI');
  setEnvironment('UPDATE_GOLDEN', '1');
  expectGolden(path, 'after');

  expect(await readFile(path, 'utf8')).toBe('after');
});

it('refuses to write it in CI', async () => {
  setEnvironment('CI', 'true');
  setEnvironment('UPDATE_GOLDEN', '1');

  expect(() => expectGolden(path, 'after')).toThrow('UPDATE_GOLDEN is not for CI');
  expect(await readFile(path, 'utf8')).toBe('before');
});
