/** A program of the faults, compiled, as a process of its own. */
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAtEnd } from '../../support/cleanup.ts';

const DIST = join(import.meta.dirname, '../../../dist/lab/faults');

interface Options {
  /** The directory of the app that it runs. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Gets what it says on the way. */
  said?: (text: string, child: ChildProcess) => void;
}

/** Resolves when it has ended. */
export function run(program: string, args: string[], { cwd, env, said }: Options = {}) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd, env: { ...process.env, ...env } };
    const child = execFile('node', [join(DIST, program), ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stderr!.on('data', (text: string) => said?.(text, child));
  });
}

/**
 * Presses Ctrl-C some time after the program has printed the text. Returns the exit code, the
 * processes that it had started by then, and the processes and files that it has left.
 */
export async function interrupt(program: string, args: string[], text: string, after: number) {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'faults-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  let started: Promise<string[]> | undefined;
  const { code } = await run(program, args, { env: { TMPDIR }, said });
  const left = [...(await findProcesses(TMPDIR)), ...(await readdir(TMPDIR))];
  return { code, started: await started, left };

  function said(line: string, child: ChildProcess) {
    if (line.includes(text)) started ??= press(child);
  }

  async function press(child: ChildProcess) {
    await sleep(after);
    const found = await findProcesses(TMPDIR, child.pid);
    child.kill('SIGINT');
    return found;
  }
}

/** Returns the commands of the processes that work in the directory or have it as TMPDIR. */
async function findProcesses(directory: string, except?: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => Number(name) && Number(name) !== except);
  const commands = await Promise.all(
    pids.map(async (pid) => {
      try {
        const cwd = await readlink(`/proc/${pid}/cwd`);
        const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
        if (!(cwd + environment).includes(directory)) return [];
        return [(await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')];
      } catch {
        return []; // it has ended meanwhile
      }
    }),
  );
  return commands.flat();
}
