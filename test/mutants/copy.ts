/** A copy of the working tree, in which a fault does no harm. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess } from '../../src/lab/processes/process.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Not under version control, and the same for every copy. */
const SHARED = ['node_modules', '.servers'];

/** Longer than any test named in the catalogue takes. */
const TEST_TIMEOUT = 30_000; // milliseconds
const SUITE_TIMEOUT = 180_000; // milliseconds

export interface Copy {
  edit(file: string, search: string, replace: string): Promise<void>;
  restore(file: string): Promise<void>;
  /** Runs the tests of these suites whose full names match. */
  runTests(suites: string[], name: RegExp): Promise<TestRun>;
  remove(): Promise<void>;
}

export interface TestRun {
  tests: { suite: string; name: string; status: string }[];
  /** What Jest has said, if it says more than the tests do. */
  output: string;
}

/** Aborted, the signal ends the tests of the copy: `runTests` rejects. */
export async function createCopy(signal: AbortSignal): Promise<Copy> {
  const directory = await mkdtemp(join(tmpdir(), 'mutants-'));
  const results = join(directory, 'results.json');
  await fill();
  return { edit, restore, runTests, remove };

  async function fill() {
    const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const { stdout } = await promisify(execFile)('git', list, { cwd: ROOT });
    for (const file of new Set(stdout.split('\0').filter(Boolean)))
      await cp(join(ROOT, file), join(directory, file)).catch(ignoreDeleted);
    for (const name of SHARED) await symlink(join(ROOT, name), join(directory, name));
    await allowUnused(join(directory, 'tsconfig.json'));
  }

  async function edit(file: string, search: string, replace: string) {
    const text = await readFile(join(ROOT, file), 'utf8');
    await writeFile(
      join(directory, file),
      text.replace(search, () => replace),
    );
  }

  async function restore(file: string) {
    await cp(join(ROOT, file), join(directory, file));
  }

  async function runTests(suites: string[], name: RegExp): Promise<TestRun> {
    await rm(results, { force: true });
    const filter = [`--testNamePattern=${name.source}`, '--testTimeout', `${TEST_TIMEOUT}`];
    const output = ['--json', '--outputFile', results, '--forceExit'];
    const jest = ['node_modules/.bin/jest', ...output, ...filter, '--runTestsByPath', ...suites];
    const said = await runNode(jest, SUITE_TIMEOUT * suites.length);
    return { tests: await readResults(), output: said };
  }

  /** What a hanging suite has started ends with it, after `limit` milliseconds. Returns the output. */
  async function runNode(words: string[], limit: number): Promise<string> {
    let said = '';
    const env = { ...process.env, UPDATE_GOLDEN: '' };
    const command = [process.execPath, ...words] as const;
    const start = { name: 'jest', command, cwd: directory, env };
    const child = await startProcess(start, (line) => (said += `${line}\n`));
    const kill = () => child.kill();
    const timer = setTimeout(kill, limit);
    signal.addEventListener('abort', kill);
    await child.ended;
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    signal.throwIfAborted();
    return said;
  }

  async function readResults(): Promise<TestRun['tests']> {
    const text = await readFile(results, 'utf8').catch(() => null);
    if (!text) return []; // it did not compile, or hung
    const { testResults } = JSON.parse(text);
    return testResults.flatMap(({ name: path, assertionResults }: any) =>
      assertionResults.map(({ fullName, status }: any) => ({
        suite: path.slice(directory.length + 1),
        name: fullName,
        status,
      })),
    );
  }

  async function remove() {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A fault may leave a name without a use, which the compiler would refuse. */
async function allowUnused(configuration: string): Promise<void> {
  const text = await readFile(configuration, 'utf8');
  await writeFile(configuration, text.replaceAll(/("noUnused\w+": )true/g, '$1false'));
}

function ignoreDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
