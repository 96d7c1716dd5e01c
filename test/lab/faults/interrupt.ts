/** Ctrl-C in a program of the faults. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAtEnd } from '../../support/cleanup.ts';
import { isRunning, listChildren, startLab } from '../../support/lab.ts';

/**
 * Sends the signal some milliseconds after the program has printed the text. Returns how many
 * processes it had started by then, its exit code, and the processes and files that it has left.
 */
export async function interrupt(
  program: string,
  args: string[],
  { signal, after, time }: { signal: NodeJS.Signals; after: RegExp; time: number },
) {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'faults-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  const child = await startLab(program, args, { env: { TMPDIR } });
  await child.prints(after);
  await sleep(time);
  const children = listChildren(child.pid);
  child.signal(signal);
  const code = await child.ended;
  const left = [...children.filter(isRunning), ...(await readdir(TMPDIR))];
  return { started: children.length, code, left };
}
