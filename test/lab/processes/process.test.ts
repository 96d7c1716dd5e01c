/** Child processes of the lab: how they end, and that nothing is left of them. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startProcess } from '../../../src/lab/processes/process.ts';
import { isRunning, ROOT } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'process-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** A shell that starts another process, and prints its id. */
const WITH_CHILD = 'sleep 60 & echo $!; wait';

async function start(script: string, print: (line: string) => void = () => {}, logFile?: string) {
  const env = { PATH: process.env.PATH };
  const command = ['sh', '-c', script] as const;
  return startProcess({ name: 'test', command, cwd: directory, env, logFile }, print);
}

describe('a process', () => {
  it('says how it has ended', async () => {
    const child = await start('exit 3');
    expect(await child.ended).toBe('exit code 3');
    expect(child.isRunning()).toBe(false);
    expect(await (await start('kill -9 $$')).ended).toBe('signal SIGKILL');
  });

  it('has both its outputs printed, line by line', async () => {
    const lines: string[] = [];
    await (
      await start('echo out; echo err >&2; echo more', (line) => lines.push(line))
    ).ended;

    expect(lines.toSorted()).toEqual(['err', 'more', 'out']);
  });

  it('ends with all that it has started', async () => {
    const lines: string[] = [];
    const child = await start(WITH_CHILD, (line) => lines.push(line));
    const grandchild = Number(await until('it has started another one', () => lines[0]));

    process.kill(child.pid, 'SIGTERM');

    expect(await child.ended).toBe('signal SIGTERM');
    expect(child.isRunning()).toBe(false);
    await until('the other one has ended', () => !isRunning(grandchild));
  });

  it('may end in order when it is stopped, and is left alone then', async () => {
    const lines: string[] = [];
    const child = await start(
      'trap "exit 7" TERM; echo ready; while :; do sleep 0.01; done',
      (line) => lines.push(line),
    );
    await until('it is ready', () => lines.includes('ready'));
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      await child.stop();
      expect(await child.ended).toBe('exit code 7');
      jest.advanceTimersByTime(60_000);
      expect(lines).toEqual(['ready']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is killed when it does not end within ten seconds of SIGTERM', async () => {
    const lines: string[] = [];
    const child = await start('trap "" TERM; echo ready; while :; do sleep 0.01; done', (line) =>
      lines.push(line),
    );
    await until('it is ready', () => lines.includes('ready'));
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const stopped = child.stop();
      jest.advanceTimersByTime(9_999);
      expect(child.isRunning()).toBe(true);
      expect(lines).toEqual(['ready']);
      jest.advanceTimersByTime(1);
      await stopped;
      expect(await child.ended).toBe('signal SIGKILL');
      expect(lines[1]).toBe('did not end within 10 seconds of SIGTERM, and is killed');
    } finally {
      jest.useRealTimers();
    }
  });

  it('writes its output to a file where reading it would take time', async () => {
    const logFile = join(directory, 'output.log');
    await (
      await start('echo out; echo err >&2', undefined, logFile)
    ).ended;
    expect(await readFile(logFile, 'utf8')).toBe('out\nerr\n');
  });

  it('is refused when its command cannot be run', async () => {
    const start = { name: 'none', command: ['/no/such/program'], cwd: directory, env: {} } as const;
    await expect(startProcess(start, () => {})).rejects.toThrow('ENOENT');
  });

  it.each([
    'process.exit(1)',
    'throw new Error("a defect")',
    'process.kill(process.pid, "SIGKILL")',
  ])('is gone when the program that has started it ends by %s', async (end) => {
    const program = `
        const { startProcess } = await import('${join(ROOT, 'dist/lab/processes/process.js')}');
        const command = ['sh', '-c', ${JSON.stringify(WITH_CHILD)}];
        const start = { name: 'test', command, cwd: '/', env: { PATH: process.env.PATH } };
        const child = await startProcess(start, (line) => {
          console.log(child.pid, line);
          ${end};
        });`;
    const words = ['--input-type=module', '-e', program];
    const failed = promisify(execFile)(process.execPath, words);
    const { stdout } = await failed.catch((error: { stdout: string }) => error);

    const pids = stdout.trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    await until('both have ended', () => !pids.some(isRunning));
  });
});
