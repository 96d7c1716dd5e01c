/** Processor time of a running process, as Linux counts it. */
import { readdir, readFile } from 'node:fs/promises';

const TICK = 10_000; // microseconds, the unit of /proc/PID/stat

/**
 * Microseconds that the process has run so far. The schedstat of each living thread counts
 * nanoseconds; threads that have ended are only in /proc/PID/stat, which counts in ticks.
 */
export async function readProcessorTime(pid: number): Promise<number> {
  return Math.max(await readLivingThreads(pid), await readAllThreads(pid));
}

async function readLivingThreads(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(threads.map((thread) => readThread(pid, thread)));
  return times.reduce((sum, time) => sum + time, 0) / 1000;
}

async function readThread(pid: number, thread: string): Promise<number> {
  try {
    return firstField(await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
  } catch (error) {
    // A thread may end between the listing and the reading.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code!)) return 0;
    throw error;
  }
}

async function readAllThreads(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is a name in brackets, which may have blanks; the times are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

function firstField(line: string): number {
  return Number.parseInt(line, 10);
}
