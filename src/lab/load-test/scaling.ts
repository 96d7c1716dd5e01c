/** Runs whatever command sets the number of instances. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Problem } from '../command-line/problem.ts';

/** `{n}` in the command stands for the number. Throws a problem when the command fails. */
export async function scale(command: string, count: number): Promise<void> {
  const line = command.replaceAll('{n}', String(count));
  const child = spawn(line, { shell: true, stdio: ['ignore', 2, 2] });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Problem(`\`${line}\` has failed (${signal ?? `exit code ${code}`}).`);
}
