/** Changes of keys: new ones of every type, elements added and removed, expiry, deletion. */
import type { RedisClient } from '../redis/client.ts';
import { isOfOtherType } from '../redis/explain.ts';
import type { Confirm } from '../redis/wait-replicas.ts';
import { CHANGED_TYPE, longList } from './sentences.ts';

/** To find an element, Redis looks at all before it. */
const LONGEST_SEARCHED = 10_000; // elements

/** Which of these are needed depends on the type; see REQUIRED. */
export interface Entry {
  value?: Buffer;
  field?: Buffer;
  score?: string;
  /** Of a stream's entry. */
  id?: string;
  /** Of a list; right by default. */
  end?: 'left' | 'right';
}

type Change = (redis: RedisClient, key: Buffer, entry: Required<Entry>) => Promise<unknown>;

/** What a new element needs. */
export const REQUIRED: Record<string, (keyof Entry)[]> = {
  string: ['value'],
  list: ['value'],
  hash: ['field', 'value'],
  set: ['value'],
  zset: ['value', 'score'],
  stream: ['field', 'value'],
};

const ADD: Record<string, Change> = {
  list: (redis, key, { end, value }) =>
    end === 'left' ? redis.lpush(key, value) : redis.rpush(key, value),
  hash: (redis, key, { field, value }) => redis.hset(key, field, value),
  set: (redis, key, { value }) => redis.sadd(key, value),
  zset: (redis, key, { score, value }) => redis.zadd(key, score, value),
  stream: (redis, key, { field, value }) => redis.xadd(key, '*', field, value),
};

const REMOVE: Record<string, Change> = {
  list: removeFromList,
  hash: (redis, key, { field }) => redis.hdel(key, field),
  set: (redis, key, { value }) => redis.srem(key, value),
  zset: (redis, key, { value }) => redis.zrem(key, value),
  stream: (redis, key, { id }) => redis.xdel(key, id),
};

/** What names the element that is removed. Of a list, `end` will do. */
export const REMOVED_BY: Record<string, (keyof Entry)[]> = {
  list: [],
  hash: ['field'],
  set: ['value'],
  zset: ['value'],
  stream: ['id'],
};

/** An answer for the operator. */
class Conflict extends Error {
  readonly status = 409;
  readonly expose = true;
}

/**
 * All functions throw the errors of Redis, Conflict, and the error of `confirm`, after the change is
 * made.
 */
export function createChanges(redis: RedisClient, confirm: Confirm | null) {
  return { typeOf, set, add, remove, expire, persist, unlink };

  /** Returns `none` for a key that is not there. */
  function typeOf(key: Buffer): Promise<string> {
    return redis.type(key);
  }

  /** Stores a string. Without a ttl (seconds), a key that is there keeps its own. */
  async function set(key: Buffer, value: Buffer, ttl: number | null): Promise<void> {
    if (ttl === null) await redis.set(key, value, 'KEEPTTL');
    else await redis.set(key, value, 'EX', ttl);
    await confirm?.();
  }

  async function add(key: Buffer, type: string, entry: Entry): Promise<void> {
    await change(ADD, key, type, entry);
  }

  /** Returns how many elements were removed: 0 or 1. */
  async function remove(key: Buffer, type: string, entry: Entry): Promise<number> {
    const removed = await change(REMOVE, key, type, entry);
    return typeof removed === 'number' ? removed : Number(removed !== null);
  }

  /** Returns false when there is no such key. */
  async function expire(key: Buffer, ttl: number): Promise<boolean> {
    const isSet = await redis.pexpire(key, ttl * 1000);
    await confirm?.();
    return isSet === 1;
  }

  /** Returns false when the key had no ttl. */
  async function persist(key: Buffer): Promise<boolean> {
    const isRemoved = await redis.persist(key);
    await confirm?.();
    return isRemoved === 1;
  }

  /** Returns how many of the keys were there. */
  async function unlink(keys: Buffer[]): Promise<number> {
    // One by one: in a Cluster, each may be on another node
    const removed = await Promise.all(keys.map((key) => redis.unlink(key)));
    await confirm?.();
    return removed.reduce((sum, each) => sum + each, 0);
  }

  async function change(changes: Record<string, Change>, key: Buffer, type: string, entry: Entry) {
    try {
      const changed = await changes[type]!(redis, key, entry as Required<Entry>);
      await confirm?.();
      return changed;
    } catch (error) {
      if (!isOfOtherType(error as Error)) throw error;
      throw new Conflict(CHANGED_TYPE);
    }
  }
}

/** Without a value, removes the element at one end. */
async function removeFromList(redis: RedisClient, key: Buffer, { value, end }: Entry) {
  if (!value) return end === 'left' ? redis.lpop(key) : redis.rpop(key);
  const length = await redis.llen(key);
  if (length > LONGEST_SEARCHED) throw new Conflict(longList(LONGEST_SEARCHED));
  return redis.lrem(key, 1, value);
}
