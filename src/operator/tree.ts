/** Groups keys by what stands before the next colon, with their number and memory. */
import { showElement, type Shown, toPath } from './bytes-as-json.ts';

const COLON = 0x3a;
/** Keys of a branch in each step. */
const SAMPLES = 2;
/** The branches with the most keys. Keys without a prefix would be a branch each. */
const MOST_BRANCHES = 200;

export interface Branch {
  /** With its colon; of a key, its whole name. */
  prefix: Shown;
  /** Where a key is shown; null for a branch of several keys. */
  path: string | null;
  keys: number;
  /** Bytes, estimated from a sample of the keys; null where Redis does not let this app ask. */
  memory: number | null;
}

/** Returns some of the keys of each branch, whose memory is asked for: it stands for that of the others. */
export function takeSample(keys: Buffer[], prefix: string): Buffer[] {
  const taken = new Map<string, number>();
  return keys.filter((key) => {
    const id = nameBranch(key, prefix).toString('latin1');
    const count = (taken.get(id) ?? 0) + 1;
    taken.set(id, count);
    return count <= SAMPLES;
  });
}

/** `prefix` is what all keys begin with. The branches with the most keys come first. */
export function growTree(keys: { key: Buffer; memory: number | null }[], prefix: string): Branch[] {
  const branches = new Map<string, Branch & { sizes: number[] }>();
  for (const { key, memory } of keys) {
    const name = nameBranch(key, prefix);
    const id = name.toString('latin1');
    const branch = branches.get(id) ?? {
      prefix: showElement(name),
      path: name === key ? toPath(key) : null,
      keys: 0,
      memory: null,
      sizes: [],
    };
    branch.keys++;
    if (memory !== null) branch.sizes.push(memory);
    branches.set(id, branch);
  }
  const largest = [...branches.values()].sort((a, b) => b.keys - a.keys).slice(0, MOST_BRANCHES);
  return largest.map(({ sizes, ...branch }) => ({
    ...branch,
    memory: estimate(sizes, branch.keys),
  }));
}

/** Returns null without a sample. */
function estimate(sizes: number[], count: number): number | null {
  const sum = sizes.reduce((one, other) => one + other, 0);
  return sizes.length > 0 ? Math.round((sum / sizes.length) * count) : null;
}

/** Returns the key up to the next colon behind the prefix, or the key itself. */
function nameBranch(key: Buffer, prefix: string): Buffer {
  const colon = key.indexOf(COLON, Buffer.byteLength(prefix));
  return colon === -1 ? key : key.subarray(0, colon + 1);
}
