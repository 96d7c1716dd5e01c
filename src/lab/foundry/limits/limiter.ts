/** Starts processes within the limits that the platform sets to the container of an instance. */
import { existsSync } from 'node:fs';
import { startProcess } from '../../processes/process.ts';
import { findCgroups } from './cgroup.ts';
import { type Enforcer, type LimitName, type Limits, wantedLimits } from './limits.ts';
import { findScopes } from './systemd.ts';
import { watch } from './watcher.ts';

export interface Limiter {
  /** A sentence for the user: the limits, and what enforces them. */
  description: string;
  /** Those that are enforced; the others are 0. */
  limits: Limits;
  start: typeof startProcess;
}

/** What enforces each limit; null: nothing. */
type Means = Record<LimitName, string | null>;

/** Enforces what it can for this user: by cgroups, by systemd, and memory at least by a watcher. */
export async function createLimiter(limits: Limits): Promise<Limiter> {
  const enforcer = await findEnforcer(limits);
  const means = (name: LimitName) => (enforcer?.enforced.includes(name) ? enforcer.name : null);
  const [memory, cpu] = [means('memory'), means('cpu')];
  const start = enforcer?.start ?? startProcess;
  const isWatched = memory === null && existsSync('/proc/self/status');
  const by = { memory: isWatched ? 'a watcher' : memory, cpu };
  return {
    description: describe(limits, by, enforcer !== null),
    limits: { memory: by.memory ? limits.memory : 0, cpu: cpu ? limits.cpu : 0 },
    start: isWatched ? startWatched : start,
  };

  async function startWatched(...[command, print]: Parameters<typeof startProcess>) {
    const child = await start(command, print);
    watch(child, limits, print);
    return child;
  }
}

/** Returns the first that enforces all limits, otherwise the one that enforces more. */
async function findEnforcer(limits: Limits): Promise<Enforcer | null> {
  const wanted = wantedLimits(limits).length;
  const cgroups = await findCgroups(limits);
  if (cgroups?.enforced.length === wanted) return cgroups;
  const scopes = await findScopes(limits);
  return scopes?.enforced.length === wanted ? scopes : (cgroups ?? scopes);
}

function describe(limits: Limits, by: Means, hasCgroup: boolean): string {
  if (!by.memory && !by.cpu) return 'Instances have no limits: these need Linux.';
  const memory = `${limits.memory} MB of memory`;
  const cpu = `${limits.cpu} of a core`;
  const each = 'Each instance has';
  if (by.memory === by.cpu) return `${each} ${memory} and ${cpu}, enforced by ${by.memory}.`;

  const parts = [`${memory}, enforced by ${by.memory}`];
  if (limits.cpu > 0) {
    parts.push(by.cpu ? `${cpu}, enforced by ${by.cpu}` : 'no limit of processor time');
  }
  const isComplete = by.memory !== 'a watcher' && (limits.cpu === 0 || by.cpu);
  const lack = hasCgroup ? 'no cgroup with more limits' : 'no cgroup';
  const reason = isComplete ? '' : `, as ${lack} can be created here`;
  return `${each} ${parts.join(', and ')}${reason}.`;
}
