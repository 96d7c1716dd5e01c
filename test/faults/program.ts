/** A program of the faults, compiled, as a process of its own. */
import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist/faults');

/** Resolves when it has ended. `said` gets what it says on the way. */
export function run(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  said: (text: string, child: ChildProcess) => void = () => {},
) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, ...env } };
    const child = execFile('node', [join(DIST, program), ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
    child.stderr!.on('data', (text: string) => said(text, child));
  });
}
