/** Starts processes within the limits that the platform sets to the container of an instance. */
import { existsSync } from 'node:fs';
import type { Print } from '../../processes/output.ts';
import { type Process, type Start, startProcess } from '../../processes/process.ts';
import { readResidentMemory } from '../../processes/resident-memory.ts';
import { findCgroups, type Limits, startInCgroup } from './cgroup.ts';

export interface Limiter {
  /** A sentence for the user: the limit, and how it is enforced. */
  description: string;
  start: typeof startProcess;
}

const INTERVAL = 100; // milliseconds between two looks at the memory of a process

/** Uses cgroups where this user may create them, otherwise a watcher, which needs /proc. */
export async function createLimiter(limits: Limits): Promise<Limiter> {
  const each = `Each instance has ${limits.memory} MB of memory`;
  const cgroups = await findCgroups(limits);
  if (cgroups) {
    return {
      description: `${each}, enforced by cgroup ${cgroups.version}.`,
      start: (start, print) => startInCgroup(cgroups, start, print),
    };
  }
  if (existsSync('/proc/self/status')) {
    return {
      description: `${each}, enforced by a watcher, as no cgroup can be created here.`,
      start: (start, print) => startWatched(limits, start, print),
    };
  }
  return {
    description: 'The memory of instances is not limited: that needs Linux.',
    start: startProcess,
  };
}

/** Like startProcess. Kills the process when it has more resident memory than it may. */
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
