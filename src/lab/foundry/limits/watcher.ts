/** Kills a process that has more resident memory than it may, where no cgroup does. */
import { readResidentMemory } from '../../bench/resident-memory.ts';
import type { Print } from '../../processes/output.ts';
import { type Process, type Start, startProcess } from '../../processes/process.ts';
import type { Limits } from './limiter.ts';

const INTERVAL = 100; // milliseconds between two looks

/** Like startProcess. */
export async function startWatched(
  { memory }: Limits,
  start: Start,
  print: Print,
): Promise<Process> {
  const child = await startProcess(start, print);
  const timer = setInterval(() => void look(), INTERVAL);
  void child.ended.then(() => clearInterval(timer));
  return child;

  async function look() {
    const resident = await readResidentMemory(child.pid).catch(() => 0); // it has ended
    if (resident <= memory) return;
    print(`took more than ${memory} MB of memory, and was killed`);
    child.kill();
  }
}
