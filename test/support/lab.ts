/** Runs programs of the lab, compiled, as `npm run NAME -- …` does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { startProcess } from '../../src/lab/processes/process.ts';

export const ROOT = join(__dirname, '../..');

/** Shorter than Jest's limit, whose message would not show what the program has printed. */
const PATIENCE = 50_000; // milliseconds

interface Options {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Returns the path of a compiled program, as `foundry/foundry`. */
export function compiled(program: string): string {
  return join(ROOT, 'dist/lab', `${program}.js`);
}

/** Starts a program, as `foundry/foundry`. */
export async function startLab(program: string, args: string[], options: Options = {}) {
  const { cwd = ROOT, env } = options;
  const command = [process.execPath, compiled(program), ...args] as const;
  let output = '';
  const looks = new Set<() => void>();
  const child = await startProcess(
    { name: program, command, cwd, env: { ...process.env, ...env } },
    (line) => {
      output += `${line}\n`;
      for (const look of looks) look();
    },
  );
  const ended = child.ended.then((end) => Number(/^exit code (\d+)/.exec(end)?.[1] ?? NaN));

  return { pid: child.pid, ended, prints, output: () => output, signal };

  /** Sends it to the program and to what is in its process group, as Ctrl-C does. */
  function signal(name: NodeJS.Signals) {
    child.kill(name);
  }

  /** Resolves as soon as the output matches. */
  function prints(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(fail, PATIENCE, `printed nothing like ${pattern} in time, but`);
      looks.add(look);
      void ended.then(() => fail('ended and printed'));
      look();

      function look() {
        const match = pattern.exec(output);
        if (!match) return;
        clearTimeout(timer);
        looks.delete(look);
        resolve(match);
      }

      function fail(how: string) {
        clearTimeout(timer);
        reject(new Error(`${program} ${how}:\n${output}`));
      }
    });
  }
}

/** Resolves, when the program has ended, to its exit code and all that it has printed. */
export async function runLab(
  program: string,
  args: string[],
  options?: Options,
): Promise<{ code: number; said: string }> {
  const { ended, output } = await startLab(program, args, options);
  return { code: await ended, said: output() };
}

/** The ids of the processes that a process has started. */
export function listChildren(pid: number): number[] {
  const words = ['--ppid', String(pid), '-o', 'pid='];
  const { stdout } = spawnSync('ps', words, { encoding: 'utf8' });
  return stdout.split(/\s+/).filter(Boolean).map(Number);
}

/** Whether a signal has stopped it, until another lets it go on. */
export function isHanging(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.startsWith('T');
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
