/** Measures what the process of an instance uses of memory and processors. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readProcessorTime } from '../processes/processor-time.ts';
import { readResidentMemory } from '../processes/resident-memory.ts';

export interface Usage {
  /** Resident, in MB. */
  memory: number;
  /** Cores, on average over a tenth of a second. */
  cpu: number;
}

const SPAN = 100; // milliseconds

/** Takes a tenth of a second. Returns null for a process that ends meanwhile, and without /proc. */
export function measureUsage(pid: number): Promise<Usage | null> {
  return measure(pid).catch(() => null);
}

async function measure(pid: number): Promise<Usage> {
  const before = await readProcessorTime(pid);
  const began = performance.now();
  await sleep(SPAN);
  const microseconds = (await readProcessorTime(pid)) - before;
  const cpu = microseconds / 1000 / (performance.now() - began);
  return { memory: await readResidentMemory(pid), cpu };
}
