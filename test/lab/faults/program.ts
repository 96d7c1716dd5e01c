/** A program of the faults, compiled, as a process of its own. */
import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';

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
