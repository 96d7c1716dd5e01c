/** What the processes of the instances hold, from /proc: Linux only. */
import { readdir, readlink } from 'node:fs/promises';
import { readResidentMemory } from '../processes/resident-memory.ts';
import type { Instances } from '../foundry/instances/instances.ts';

export interface Holdings {
  /** Of the largest instance, in MB. */
  resident: number;
  /** Of the instance with the most. */
  sockets: number;
}

export async function measureProcesses(instances: Instances): Promise<Holdings> {
  const pids = instances.list().flatMap((slot) => slot.map(({ pid }) => pid));
  return {
    resident: Math.max(...(await Promise.all(pids.map(readResidentMemory)))),
    sockets: Math.max(...(await Promise.all(pids.map(countSockets)))),
  };
}

async function countSockets(pid: number): Promise<number> {
  const directory = `/proc/${pid}/fd`;
  const names = await readdir(directory);
  const targets = await Promise.all(
    names.map((name) => readlink(`${directory}/${name}`).catch(() => '')), // closed meanwhile
  );
  return targets.filter((target) => target.startsWith('socket:')).length;
}
