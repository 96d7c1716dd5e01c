/** Keys as the operator reads them: pages of keys, a tree of prefixes, one key at one node or at all of them. */
import type { Redis } from 'ioredis';
import type { Browse, Filter } from './browse.ts';
import { type KeyFacts, readFacts } from './key-facts.ts';
import { isOf, type Node, type Nodes } from './nodes.ts';
import { countOwn, isOwn } from './own-keys.ts';
import { growTree, takeSample } from './tree.ts';
import { readValuePage, type ValuePage } from './values.ts';

/** Keys; little is asked about each. */
const TREE_STEP = 200;

interface Place {
  /** The node that has answered. */
  node: string;
  role: Node['role'];
}

type Copy = Place & ((KeyFacts & Partial<ValuePage>) | { problem: string });

/** All functions throw the errors of Redis, and answers for the operator. */
export function createKeys(nodes: Nodes, browse: Browse) {
  const { slotOf } = nodes;

  return { list, readTree, find, listCopies };

  /** Returns a page of keys. A `match` without a pattern is looked up directly. */
  async function list(filter: Filter, cursor: string | null) {
    if (filter.match !== null && !isPattern(filter.match)) return lookUp(filter.match, filter.type);
    const lacks = new Set<string>();
    const own: Record<string, number> = {};
    const { items, ...page } = await browse.readPage({ filter, cursor, at: 'replica', read });
    return { keys: items, ...page, own, lacks: [...lacks] };

    async function read(at: Redis, keys: Buffer[], node: Node) {
      for (const [kind, number] of Object.entries(countOwn(keys))) {
        own[kind] = (own[kind] ?? 0) + number;
      }
      const others = keys.filter((key) => !isOwn(key));
      return describe(at, others, node, lacks);
    }
  }

  /** Returns what lies below a prefix, as far as one page of keys shows it. */
  async function readTree(prefix: string, cursor: string | null) {
    const filter = { match: prefix === '' ? null : `${escapePattern(prefix)}*`, type: null };
    const read = async (at: Redis, keys: Buffer[]) => {
      const shown = keys.filter((key) => !isOwn(key));
      const sample = takeSample(shown, prefix);
      const pipeline = at.pipeline();
      for (const key of sample) pipeline.call('MEMORY', 'USAGE', key);
      const replies = (await pipeline.exec()) ?? [];
      const sizes = new Map(sample.map((key, i) => [key, Number(replies[i]![1]) || null]));
      return shown.map((key) => ({ key, memory: sizes.get(key) ?? null }));
    };
    const { items, ...page } = await browse.readPage({
      filter,
      cursor,
      at: 'replica',
      read,
      size: Infinity,
      step: TREE_STEP,
    });
    return { prefix, branches: growTree(items, prefix), ...page, sample: page.cursor !== null };
  }

  /** Returns the key with a page of its value; null when there is no such key. */
  async function find(key: Buffer, at: 'primary' | 'replica', cursor: string | null) {
    const primary = await findOwner(key);
    const read = (from: Redis, node: Node) => readCopy(from, node, key, cursor);
    return at === 'replica' ? nodes.useReplica(primary, read) : nodes.use(primary, read);
  }

  /** Returns the key as its primary and each of its replicas have it, to be compared. */
  async function listCopies(key: Buffer): Promise<Copy[]> {
    const primary = await findOwner(key);
    const group = (await nodes.list()).filter((node) => isOf(node, primary));
    return Promise.all(
      group.map(async (node) => {
        const place = { node: node.address, role: node.role };
        try {
          const found = await nodes.use(node, (at) => readCopy(at, node, key, null));
          return found ?? { ...place, problem: 'key not present' };
        } catch (error) {
          return { ...place, problem: (error as Error).message };
        }
      }),
    );
  }

  async function findOwner(key: Buffer): Promise<Node> {
    const owner = nodes.nameOwner(key);
    const primaries = (await nodes.list()).filter(({ role }) => role === 'primary');
    const found = primaries.find(({ address }) => owner === null || address === owner);
    if (!found) throw new Error('CLUSTERDOWN no primary has the slot of this key');
    return found;
  }

  async function readCopy(at: Redis, node: Node, key: Buffer, cursor: string | null) {
    const lacks = new Set<string>();
    const [facts] = await describe(at, [key], node, lacks);
    if (!facts) return null;
    const page = await readValuePage(at, key, facts, cursor);
    return { ...facts, ...page, lacks: [...lacks] };
  }

  async function lookUp(match: string, type: string | null) {
    const key = Buffer.from(match);
    const page = { examined: 1, of: await browse.count(), cursor: null };
    if (isOwn(key)) return { keys: [], ...page, own: countOwn([key]), lacks: [] };
    const lacks = new Set<string>();
    const owner = await findOwner(key);
    const found = await nodes.useReplica(owner, (at, node) => describe(at, [key], node, lacks));
    const keys = found.filter((each) => type === null || each.type === type);
    return { keys, ...page, own: {}, lacks: [...lacks] };
  }

  /** Leaves out keys that are gone. Adds to `lacks` a sentence for each right that Redis does not give. */
  async function describe(at: Redis, keys: Buffer[], { address, role }: Node, lacks: Set<string>) {
    const facts = await readFacts(at, keys, { lacks, slotOf });
    return facts.map((each) => ({ ...each, node: address, role }));
  }
}

/** Returns whether SCAN would take it for more than one name. */
function isPattern(match: string): boolean {
  return /[*?[\\]/.test(match);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[*?[\]\\^-]/g, '\\$&');
}
