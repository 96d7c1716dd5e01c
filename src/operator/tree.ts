/** Groups keys by what stands before the next colon, with their number and memory. */
import { showElement, type Shown, toPath } from './show.ts';

const COLON = 0x3a;
/** The branches with the most keys. Keys without a prefix would be a branch each. */
const MOST_BRANCHES = 200;

export interface Branch {
  /** With its colon; of a key, its whole name. */
  prefix: Shown;
  /** Where a key is shown; null for a branch of several keys. */
  path: string | null;
  keys: number;
  /** Bytes; null where Redis does not let this app ask. */
  memory: number | null;
}

/** `prefix` is what all keys begin with. The branches with the most keys come first. */
export function growTree(keys: { key: Buffer; memory: number | null }[], prefix: string): Branch[] {
  const begin = Buffer.byteLength(prefix);
  const branches = new Map<string, Branch>();
  for (const { key, memory } of keys) {
    const colon = key.indexOf(COLON, begin);
    const name = colon === -1 ? key : key.subarray(0, colon + 1);
    const id = name.toString('latin1');
    const path = colon === -1 ? toPath(key) : null;
    const branch = branches.get(id) ?? { prefix: showElement(name), path, keys: 0, memory: null };
    branch.keys++;
    if (memory !== null) branch.memory = (branch.memory ?? 0) + memory;
    branches.set(id, branch);
  }
  return [...branches.values()].sort((a, b) => b.keys - a.keys).slice(0, MOST_BRANCHES);
}
