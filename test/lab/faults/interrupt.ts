/** Ctrl-C in a program of the faults. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../src/lab/processes/until.ts';
import { stopAtEnd } from '../../support/cleanup.ts';
import { isRunning, listChildren, startLab } from '../../support/lab.ts';

interface When {
  signal: NodeJS.Signals;
  after: RegExp;
  /** Milliseconds. */
  time: number;
  processes: number;
}

/**
 * Sends the signal some milliseconds after the program has printed the text, when it has so many
 * processes. Returns its exit code, and the processes and files that it has left.
 */
export async function interrupt(
  program: string,
  args: string[],
  { signal, after, time, processes }: When,
) {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'faults-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  const child = await startLab(program, args, { env: { TMPDIR } });
  await child.prints(after);
  await sleep(time);
  const children = await until(`${program} has ${processes} processes`, () => {
    const found = listChildren(child.pid);
    return found.length === processes && found;
  });
  child.signal(signal);
  const code = await child.ended;
  const left = [...children.filter(isRunning), ...(await readdir(TMPDIR))];
  return { code, left };
}
