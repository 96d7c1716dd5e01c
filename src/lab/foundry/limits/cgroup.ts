/** Processes in control groups of Linux, each process in one of its own. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Print } from '../../processes/output.ts';
import { type Process, type Start, startProcess } from '../../processes/process.ts';
import { until } from '../../processes/until.ts';

export interface Limits {
  /** MB of 1024 × 1024 bytes. A process that takes more is killed. */
  memory: number;
}

export interface Cgroups {
  version: 'v1' | 'v2';
  /** The directory in which groups are created. */
  parent: string;
  limits: Limits;
}

const ROOT = '/sys/fs/cgroup';

/** Before the id of the process that created a group. */
const PREFIX = 'redis-example-app-';

/** The shell enters the group before it becomes the program, so that no page escapes the limit. */
const ENTER = 'echo $$ >"$0/cgroup.procs" && exec "$@"';

const PATIENCE = 5000; // milliseconds

/** Returns null when this user may not create groups, or not with these limits. */
export async function findCgroups(limits: Limits): Promise<Cgroups | null> {
  try {
    const cgroups = { ...(await findParent()), limits };
    await removeLeftovers(cgroups.parent);
    const group = await createGroup(cgroups);
    try {
      await promisify(execFile)('sh', ['-c', ENTER, group, 'true']);
    } finally {
      await remove(group);
    }
    return cgroups;
  } catch {
    return null;
  }
}

/** Like startProcess. The group is gone when the process has ended. */
export async function startInCgroup(
  cgroups: Cgroups,
  start: Start,
  print: Print,
): Promise<Process> {
  const group = await createGroup(cgroups);
  try {
    const command: Start['command'] = ['sh', '-c', ENTER, group, ...start.command];
    const child = await startProcess({ ...start, command }, print);
    const ended = untilRemoved(child);
    return { ...child, ended, stop: () => Promise.all([child.stop(), ended]).then(() => {}) };
  } catch (error) {
    await remove(group);
    throw error;
  }

  async function untilRemoved(child: Process): Promise<string> {
    const end = await child.ended;
    if (await hasBeenKilled(cgroups, group)) {
      print(`took more than ${cgroups.limits.memory} MB of memory, and was killed`);
    }
    await remove(group).catch((error: Error) => print(error.message));
    return end;
  }
}

/** The new groups stay within the group of this process, and so within its limits. */
async function findParent(): Promise<Omit<Cgroups, 'limits'>> {
  const lines = await readFile('/proc/self/cgroup', 'utf8');
  const ofMemory = /^\d+:(?:[^:]+,)?memory(?:,[^:]+)?:(.*)$/m.exec(lines)?.[1];
  if (ofMemory) return { version: 'v1', parent: join(ROOT, 'memory', ofMemory) };

  const own = join(ROOT, /^0::(.*)$/m.exec(lines)![1]!);
  return { version: 'v2', parent: await findDelegated(own) };
}

/**
 * A group of v2 has either processes or groups with limits. So the parent is the next group upwards
 * that hands the memory controller on.
 */
async function findDelegated(group: string): Promise<string> {
  const controllers = await readFile(join(group, 'cgroup.subtree_control'), 'utf8');
  if (controllers.split(/\s/).includes('memory')) return group;
  if (group === ROOT) throw new Error('No group hands the memory controller on');
  return findDelegated(dirname(group));
}

/** A program that was killed could not remove its groups. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const creator = name.startsWith(PREFIX) && /^\d+(?=-)/.exec(name.slice(PREFIX.length))?.[0];
    const isLeft = creator && !existsSync(`/proc/${creator}`);
    if (isLeft) await rmdir(join(parent, name)).catch(() => {}); // a process is in it still
  }
}

async function createGroup({ version, parent, limits }: Cgroups): Promise<string> {
  const group = join(parent, `${PREFIX}${process.pid}-${randomUUID()}`);
  const bytes = String(limits.memory * 1024 * 1024);
  await mkdir(group);
  try {
    const file = version === 'v1' ? 'memory.limit_in_bytes' : 'memory.max';
    await writeFile(join(group, file), bytes);
    await forbidSwap(version, group, bytes);
  } catch (error) {
    await remove(group);
    throw error;
  }
  return group;
}

/** A kernel that counts no swap has no such file. */
async function forbidSwap(version: Cgroups['version'], group: string, bytes: string) {
  const [file, value] =
    version === 'v1' ? ['memory.memsw.limit_in_bytes', bytes] : ['memory.swap.max', '0'];
  await writeFile(join(group, file), value, { flag: 'r+' }).catch(() => {});
}

async function hasBeenKilled({ version }: Cgroups, group: string): Promise<boolean> {
  const file = version === 'v1' ? 'memory.oom_control' : 'memory.events';
  const counts = await readFile(join(group, file), 'utf8').catch(() => '');
  return Number(/^oom_kill (\d+)$/m.exec(counts)?.[1] ?? 0) > 0;
}

/** The kernel allows it when it has finished with the processes of the group. */
async function remove(group: string): Promise<void> {
  const isRemoved = () =>
    rmdir(group).then(
      () => true,
      () => false,
    );
  await until(`The cgroup ${group} can be removed`, isRemoved, { limit: PATIENCE });
}
