/** Resident memory of a running process, as Linux counts it. */
import { readFile } from 'node:fs/promises';

/** In MB of 1024 × 1024 bytes, as Cloud Foundry counts them. Throws when the process has ended. */
export async function readResidentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(status);
  if (!resident) throw new Error(`Process ${pid} has ended`);
  return Number(resident[1]) / 1024;
}
