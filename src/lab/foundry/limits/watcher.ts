/** The limit of memory where the system enforces none: looks at a process ten times a second. */
import type { Print } from '../../processes/output.ts';
import type { Process } from '../../processes/process.ts';
import { readResidentMemory } from '../../processes/resident-memory.ts';
import type { Limits } from './limits.ts';

const INTERVAL = 100; // milliseconds between two looks at the memory of a process

/** Kills the process when it has more resident memory than it may. Needs /proc. */
export function watch(child: Process, { memory }: Limits, print: Print): void {
  const timer = setInterval(() => void look(), INTERVAL);
  void child.ended.then(() => clearInterval(timer));

  async function look() {
    const resident = await readResidentMemory(child.pid).catch(() => 0); // it has ended
    if (resident <= memory) return;
    print(`took more than ${memory} MB of memory, and was killed`);
    child.kill();
  }
}
