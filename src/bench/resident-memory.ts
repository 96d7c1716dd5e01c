/** Resident memory of a running process, as Linux counts it. */
import { readFile } from 'node:fs/promises';

/** In MB of 1024 × 1024 bytes, as Cloud Foundry counts them. */
export async function readResidentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
