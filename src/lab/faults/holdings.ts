/** What the processes of the instances and Redis hold. Reads /proc: Linux only. */
import { readdir, readlink } from 'node:fs/promises';
import { readResidentMemory } from '../processes/resident-memory.ts';
import type { Instances } from '../foundry/instances/instances.ts';
import type { Lab } from './lab.ts';
import { countEvicted } from './redis-operations.ts';

export interface Holdings {
  /** Memory of the largest instance, in MB. */
  resident: number;
  /** Sockets of the instance with the most. */
  sockets: number;
  /** Keys in the first Redis server, and those that it has evicted; NaN while it is away. */
  keys: number;
  evicted: number;
}

/** Throws when an instance ends meanwhile. */
export async function measureHoldings({ instances, redis }: Lab): Promise<Holdings> {
  const pids = pidsOf(instances);
  return {
    resident: Math.max(...(await Promise.all(pids.map(readResidentMemory)))),
    sockets: Math.max(...(await Promise.all(pids.map(countSockets)))),
    keys: Number(await redis.ask('DBSIZE').catch(() => NaN)),
    evicted: await countEvicted(redis).catch(() => NaN),
  };
}

export function pidsOf(instances: Instances): number[] {
  return instances.list().flatMap((slot) => slot.map(({ pid }) => pid));
}

async function countSockets(pid: number): Promise<number> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory);
  const targets = await Promise.all(
    names.map((name) => readlink(`${directory}/${name}`).catch(() => '')), // closed meanwhile
  );
  return targets.filter((target) => target.startsWith('socket:')).length;
}
