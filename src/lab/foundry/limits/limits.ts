/** The limits of an instance, and what enforces them. */
import type { startProcess } from '../../processes/process.ts';

export interface Limits {
  /** MB of 1024 × 1024 bytes. A process that takes more is killed. */
  memory: number;
  /** A share of one core, as 0.2. A process that has used it up waits. 0: no limit. */
  cpu: number;
}

export type LimitName = keyof Limits;

/** Starts processes within some or all of the limits. */
export interface Enforcer {
  /** As in "enforced by cgroup v1". */
  name: string;
  enforced: LimitName[];
  start: typeof startProcess;
}

/** The share is counted anew in each period: a short one lets a process wait often but briefly. */
export const CPU_PERIOD = 20_000; // microseconds

/** Linux takes no quota below a millisecond in a period. */
export const LEAST_CPU = 0.05;

/** Microseconds in each period. */
export function cpuQuota({ cpu }: Limits): number {
  return Math.round(cpu * CPU_PERIOD);
}

export function wantedLimits({ cpu }: Limits): LimitName[] {
  return cpu > 0 ? ['memory', 'cpu'] : ['memory'];
}
