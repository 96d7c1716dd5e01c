/** Resident memory of a running process, as Linux counts it. */
import { readFile } from 'node:fs/promises';

/** In MB of 1024 × 1024 bytes, as Cloud Foundry counts them. Throws when the process has ended. */
export function readResidentMemory(pid: number): Promise<number> {
  return readStatus(pid, 'VmRSS');
}

/** The most that it has been so far. */
export function readPeakMemory(pid: number): Promise<number> {
  return readStatus(pid, 'VmHWM');
}

async function readStatus(pid: number, name: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const found = RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status);
  if (!found) throw new Error(`Process ${pid} has ended`);
  return Number(found[1]) / 1024;
}
