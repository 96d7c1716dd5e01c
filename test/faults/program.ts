/** A program of the faults, compiled, as a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const DIST = join(import.meta.dirname, '../../dist/faults');

/** Resolves when it has ended. */
export function run(program: string, args: string[]) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const child = execFile('node', [join(DIST, program), ...args], (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}
