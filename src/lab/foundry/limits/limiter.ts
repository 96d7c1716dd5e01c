/** Starts processes within the limits that the platform sets to the container of an instance. */
import { existsSync } from 'node:fs';
import { startProcess } from '../../processes/process.ts';
import { findCgroups, startInCgroup } from './cgroup.ts';
import { startWatched } from './watcher.ts';

export interface Limits {
  /** MB of 1024 × 1024 bytes. A process that takes more is killed. */
  memory: number;
}

export interface Limiter {
  /** How the limits are enforced, for people to read. */
  description: string;
  start: typeof startProcess;
}

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
