/** Limits by control groups of Linux, v1 or v2: each process is in groups of its own. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Print } from '../../processes/output.ts';
import { type Process, type Start, startProcess } from '../../processes/process.ts';
import { until } from '../../processes/until.ts';
import {
  CPU_PERIOD,
  cpuQuota,
  type Enforcer,
  type LimitName,
  type Limits,
  wantedLimits,
} from './limits.ts';

/** A directory in which groups are created, with the limits that they can have there. */
interface Parent {
  version: 'v1' | 'v2';
  path: string;
  names: LimitName[];
}

const ROOT = '/sys/fs/cgroup';

/** Before the id of the process that created a group. */
const PREFIX = 'redis-example-app-';

/** The shell enters the groups before it becomes the program, so that nothing escapes the limits. */
const ENTER =
  'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';

const PATIENCE = 5000; // milliseconds

/** Returns null when this user may not create groups with any of the limits. */
export async function findCgroups(limits: Limits): Promise<Enforcer | null> {
  const wanted = wantedLimits(limits);
  const choices = wanted.length > 1 ? [wanted, ...wanted.map((name) => [name])] : [wanted];
  for (const names of choices) {
    const parents = await findUsableParents(names, limits).catch(() => null);
    if (parents) return toEnforcer(parents, names, limits);
  }
  return null;
}

/** The directories in which this process may create groups with all of these limits. Throws if none. */
export async function findUsableParents(names: LimitName[], limits: Limits): Promise<Parent[]> {
  const parents = await findParents(names);
  for (const { path } of parents) await removeLeftovers(path);
  const groups = await createGroups(parents, limits);
  try {
    const [program, ...args] = enter(groups, ['true']);
    await promisify(execFile)(program, args);
  } finally {
    await remove(groups);
  }
  return parents;
}

function toEnforcer(parents: Parent[], enforced: LimitName[], limits: Limits): Enforcer {
  const versions = new Set(parents.map(({ version }) => version));
  return {
    name: `cgroup ${[...versions].join(' and ')}`,
    enforced,
    start: (start, print) => startInGroups(parents, limits, start, print),
  };
}

/** Like startProcess. The groups are gone when the process has ended. */
async function startInGroups(
  parents: Parent[],
  limits: Limits,
  start: Start,
  print: Print,
): Promise<Process> {
  const groups = await createGroups(parents, limits);
  try {
    const child = await startProcess({ ...start, command: enter(groups, start.command) }, print);
    const ended = untilRemoved(child);
    return { ...child, ended, stop: () => Promise.all([child.stop(), ended]).then(() => {}) };
  } catch (error) {
    await remove(groups);
    throw error;
  }

  async function untilRemoved(child: Process): Promise<string> {
    const end = await child.ended;
    if (await haveKilled(groups)) {
      print(`took more than ${limits.memory} MB of memory, and was killed`);
    }
    await remove(groups).catch((error: Error) => print(error.message));
    return end;
  }
}

function enter(groups: string[], command: Start['command']): Start['command'] {
  return ['sh', '-c', ENTER, 'sh', ...groups, '--', ...command];
}

/**
 * Each controller of v1 has a hierarchy of its own; all of v2 share one. The new groups stay within the
 * group of this process, and so within its limits.
 */
async function findParents(names: LimitName[]): Promise<Parent[]> {
  const lines = await readFile('/proc/self/cgroup', 'utf8');
  const parents: Parent[] = [];
  const ofV2: LimitName[] = [];
  for (const name of names) {
    const own = RegExp(`^\\d+:(?:[^:]+,)?${name}(?:,[^:]+)?:(.*)$`, 'm').exec(lines)?.[1];
    if (own === undefined) ofV2.push(name);
    else parents.push({ version: 'v1', path: join(ROOT, name, own), names: [name] });
  }
  if (ofV2.length > 0) {
    const own = resolve(ROOT, `.${/^0::(.*)$/m.exec(lines)![1]!}`);
    parents.push({ version: 'v2', path: await findDelegated(own, ofV2), names: ofV2 });
  }
  return parents;
}

/**
 * A group of v2 has either processes or groups with limits. So the parent is the next group upwards
 * that hands the controllers on.
 */
async function findDelegated(group: string, names: LimitName[]): Promise<string> {
  const controllers = await readFile(join(group, 'cgroup.subtree_control'), 'utf8');
  if (names.every((name) => controllers.split(/\s/).includes(name))) return group;
  if (group === ROOT) throw new Error(`No group hands on ${names.join(' and ')}`);
  return findDelegated(dirname(group), names);
}

/** A program that was killed could not remove its groups. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const creator = name.startsWith(PREFIX) && /^\d+(?=-)/.exec(name.slice(PREFIX.length))?.[0];
    const isLeft = creator && !existsSync(`/proc/${creator}`);
    if (isLeft) await rmdir(join(parent, name)).catch(() => {}); // a process is in it still
  }
}

/** Returns their directories, one below each parent. */
async function createGroups(parents: Parent[], limits: Limits): Promise<string[]> {
  const name = `${PREFIX}${process.pid}-${randomUUID()}`;
  const groups: string[] = [];
  try {
    for (const parent of parents) {
      const group = join(parent.path, name);
      await mkdir(group);
      groups.push(group);
      await setLimits(group, parent, limits);
    }
  } catch (error) {
    await remove(groups);
    throw error;
  }
  return groups;
}

async function setLimits(group: string, { version, names }: Parent, limits: Limits): Promise<void> {
  const write = (file: string, value: number | string) =>
    writeFile(join(group, file), String(value), { flag: 'r+' });
  const noSuchFile = () => {}; // a kernel that counts no swap has none
  const bytes = limits.memory * 1024 * 1024;

  if (names.includes('memory') && version === 'v1') {
    await write('memory.limit_in_bytes', bytes);
    await write('memory.memsw.limit_in_bytes', bytes).catch(noSuchFile);
  }
  if (names.includes('memory') && version === 'v2') {
    await write('memory.max', bytes);
    await write('memory.swap.max', 0).catch(noSuchFile);
  }
  if (names.includes('cpu') && version === 'v1') {
    await write('cpu.cfs_period_us', CPU_PERIOD);
    await write('cpu.cfs_quota_us', cpuQuota(limits));
  }
  if (names.includes('cpu') && version === 'v2') {
    await write('cpu.max', `${cpuQuota(limits)} ${CPU_PERIOD}`);
  }
}

/** Returns true if a process of theirs was killed for its memory. */
async function haveKilled(groups: string[]): Promise<boolean> {
  const files = groups.flatMap((group) => [
    join(group, 'memory.oom_control'), // v1
    join(group, 'memory.events'), // v2
  ]);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.some((text) => Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0);
}

/** The kernel allows it when it has finished with the processes of a group. */
async function remove(groups: string[]): Promise<void> {
  for (const group of groups) {
    const isRemoved = () =>
      rmdir(group).then(
        () => true,
        () => false,
      );
    await until(`The cgroup ${group} can be removed`, isRemoved, { limit: PATIENCE });
  }
}
