/** Processor time of a running process, as Linux counts it. */
import { readdir, readFile } from 'node:fs/promises';

/**
 * Microseconds that all living threads of the process have run so far.
 * schedstat counts nanoseconds; /proc/PID/stat would count in steps of 10 ms.
 */
export async function readProcessorTime(pid: number): Promise<number> {
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

function firstField(line: string): number {
  return Number.parseInt(line, 10);
}
