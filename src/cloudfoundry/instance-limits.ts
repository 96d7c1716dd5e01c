/** Reads how much memory and processor time this instance may use. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Fields, isFields } from './fields.ts';
import { readApplication } from './instance.ts';
import type { Environment } from './sources.ts';

/** null: no limit is known. */
export interface InstanceLimits {
  /** Bytes. The platform kills an instance that takes more. */
  memory: number | null;
  /** Cores, as 0.2. An instance that has used them up waits. */
  cpu: number | null;
}

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;

/** `system` is the directory that has `proc` and `sys`. */
export function readInstanceLimits(env: Environment, system = '/'): InstanceLimits {
  return { memory: readMemoryLimit(env), cpu: readCpuLimit(system) };
}

/** MEMORY_LIMIT is `256M` or `1G`; VCAP_APPLICATION has a number of megabytes. */
function readMemoryLimit(env: Environment): number | null {
  const [, amount, unit] = /^(\d+)([MG])B?$/i.exec(env.MEMORY_LIMIT ?? '') ?? [];
  if (unit) return Number(amount) * (/g/i.test(unit) ? GIGABYTE : MEGABYTE);
  const { limits } = JSON.parse(readApplication(env) ?? '{}') as Fields;
  const megabytes = isFields(limits) ? limits.mem : null;
  return typeof megabytes === 'number' ? megabytes * MEGABYTE : null;
}

/**
 * Returns the smallest quota of the cgroup that this process is in and of those above it. A container
 * may see only its own, in place of the topmost one. Cloud Foundry sets weights, which are no limits.
 */
function readCpuLimit(system: string): number | null {
  const groups = readText(join(system, 'proc/self/cgroup'));
  const ofV1 = /^\d+:(?:[^:]+,)?cpu(?:,[^:]+)?:(.*)$/m.exec(groups)?.[1];
  const ofV2 = /^0::(.*)$/m.exec(groups)?.[1];
  const root = join(system, 'sys/fs/cgroup', ofV1 ? 'cpu' : '');
  const quotas = withParents(ofV1 ?? ofV2 ?? '/').map((group) => readQuota(join(root, group)));
  const least = Math.min(...quotas);
  return Number.isFinite(least) ? least : null;
}

function withParents(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...withParents(parent)];
}

/** Returns cores. Without a quota, cgroup v2 says `max` and v1 says -1: Infinity. */
function readQuota(group: string): number {
  const ofV1 = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) => readText(join(group, file)));
  const text = readText(join(group, 'cpu.max')) || ofV1.join(' ');
  const [, quota, period] = /^(\d+)\s+(\d+)/.exec(text) ?? [];
  return quota ? Number(quota) / Number(period) : Infinity;
}

/** Returns an empty text for a file that is not there. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
