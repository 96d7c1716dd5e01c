/** Walks through keys by SCAN, a little at a time: one primary after the other, at a replica where there is one. */
import type { Redis } from 'ioredis';
import { listPrimaries } from '../redis/failovers.ts';
import type { BoundRedis } from '../redis/bound-redis.ts';
import { isOf, type Node, type Nodes } from './nodes.ts';

/** Keys that are looked at in one step, during which neither Redis nor this instance serves others. */
const STEP = 50;
const PAGE = 50;
const MOST_EXAMINED = 2000;
const MOST_TIME = 50; // milliseconds

export interface Filter {
  /** A pattern as SCAN takes it; null: all keys. */
  match: string | null;
  type: string | null;
}

export interface Page<Item> {
  items: Item[];
  /** About as many keys were looked at for this page. */
  examined: number;
  /** The number of all keys in Redis; null where INFO is forbidden. */
  of: number | null;
  /** For the next page; null at the end. */
  cursor: string | null;
}

/** What one node adds to a page. */
type Part<Item> = Pick<Page<Item>, 'items' | 'examined' | 'cursor'>;

/** What is left for a page. */
interface Budget {
  items: number;
  /** Keys that Redis may look at. */
  examined: number;
  /** By performance.now(); 0: the time has not begun. */
  end: number;
}

/** Reads what is to be shown of the keys, at the node that has named them. */
type Read<Item> = (redis: Redis, keys: Buffer[], node: Node, renew: () => void) => Promise<Item[]>;

interface Settings<Item> {
  filter: Filter;
  /** From an earlier page; null: from the beginning. */
  cursor: string | null;
  /** 'replica': at a replica where there is one. */
  at: 'primary' | 'replica';
  read: Read<Item>;
  /** The number of items after which a page ends. */
  size?: number;
  /** Keys to look at in one step, if not as many as usual. */
  step?: number;
}

export type Browse = ReturnType<typeof createBrowse>;

/** Throws an answer with 400 for a cursor that is not one, and the errors of Redis. */
export function createBrowse({ client, connection }: BoundRedis, nodes: Nodes) {
  return { readPage, count };

  async function readPage<Item>(settings: Settings<Item>): Promise<Page<Item>> {
    const [all, of] = await Promise.all([nodes.list(), count()]);
    const primaries = all.filter(({ role }) => role === 'primary');
    const place = findPlace(settings.cursor, all);
    const waiting = primaries.slice(place ? primaries.indexOf(place.primary) : 0);
    const page: Page<Item> = { items: [], examined: 0, of, cursor: null };
    const budget = { items: settings.size ?? PAGE, examined: MOST_EXAMINED, end: 0 };

    for (const [i, primary] of waiting.entries()) {
      const part = await walk(primary, i === 0 ? place : null, settings, budget);
      page.items.push(...part.items);
      page.examined += part.examined;
      budget.items -= part.items.length;
      budget.examined -= part.examined;
      const next = waiting[i + 1];
      page.cursor = part.cursor ?? (next && isSpent(budget) ? `${next.address}~0` : null);
      if (page.cursor) break;
    }
    return { ...page, examined: Math.min(page.examined, of ?? Infinity) };
  }

  function walk<Item>(
    primary: Node,
    place: Place | null,
    settings: Settings<Item>,
    budget: Budget,
  ): Promise<Part<Item>> {
    const from = place?.scanCursor ?? '0';
    const ask = (redis: Redis, node: Node, renew: () => void) =>
      walkNode(settings, budget, { redis, node, renew, from });
    if (place?.node) return nodes.use(place.node, ask);
    return settings.at === 'replica' ? nodes.useReplica(primary, ask) : nodes.use(primary, ask);
  }

  /** Returns the number of all keys in the database, or null. */
  async function count(): Promise<number | null> {
    const field = new RegExp(`^db${connection.database}:keys=(\\d+)`, 'm');
    try {
      const texts = await Promise.all(
        listPrimaries(client).map(({ node }) => node.info('keyspace')),
      );
      return texts.reduce((sum, text) => sum + Number(field.exec(text)?.[1] ?? 0), 0);
    } catch {
      return null;
    }
  }
}

interface Walk {
  redis: Redis;
  node: Node;
  renew: () => void;
  /** SCAN's cursor. */
  from: string;
}

/** Changes no number of the budget: where a replica fails, its primary begins anew. */
async function walkNode<Item>(
  { filter, read, step = STEP }: Settings<Item>,
  budget: Budget,
  { redis, node, renew, from }: Walk,
): Promise<Part<Item>> {
  // Opening the connection takes no time of Redis
  budget.end ||= performance.now() + MOST_TIME;
  const items: Item[] = [];
  let examined = 0;
  let cursor = from;
  do {
    const [next, keys] = await scan(redis, cursor, filter, step);
    cursor = next;
    examined += isFiltered(filter) ? step : keys.length;
    items.push(...(await read(redis, keys, node, renew)));
    const left = budget.items - items.length;
    if (isSpent({ ...budget, items: left, examined: budget.examined - examined })) break;
  } while (cursor !== '0');
  return { items, examined, cursor: cursor === '0' ? null : `${node.address}~${cursor}` };
}

function isSpent({ items, examined, end }: Budget): boolean {
  return items <= 0 || examined <= 0 || performance.now() > end;
}

/** Returns the next cursor and some keys. */
export async function scan(
  redis: Redis,
  cursor: string,
  { match, type }: Filter,
  step: number,
): Promise<[string, Buffer[]]> {
  const filters = [...(match === null ? [] : ['MATCH', match]), ...(type ? ['TYPE', type] : [])];
  const words = [cursor, ...filters, 'COUNT', step];
  const [next, keys] = (await redis.callBuffer('SCAN', words)) as [Buffer, Buffer[]];
  return [next.toString(), keys];
}

interface Place {
  primary: Node;
  /** The node that has given the cursor, whose order of keys is its own. */
  node: Node | null;
  scanCursor?: string;
}

/** Returns null for the beginning. The address in a cursor is only compared, never connected to. */
function findPlace(cursor: string | null, all: Node[]): Place | null {
  if (cursor === null) return null;
  const [, address, scanCursor] = /^(.+)~(\d{1,20})$/.exec(cursor) ?? [];
  const node = all.find((each) => each.address === address);
  if (!node || !scanCursor) throw new BadCursor();
  const primary = all.find((each) => each.role === 'primary' && isOf(node, each))!;
  return { primary, node: scanCursor === '0' ? null : node, scanCursor };
}

/** An answer for the operator. */
class BadCursor extends Error {
  readonly status = 400;
  readonly expose = true;
  override message = 'the cursor leads nowhere, or its server is gone: begin without a cursor';
}

function isFiltered({ match, type }: Filter): boolean {
  return match !== null || type !== null;
}
