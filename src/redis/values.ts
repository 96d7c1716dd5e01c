/** Reads the values of keys without asking Redis for more than there is room for. */
import { Cluster } from 'ioredis';
import type { ByteBudget } from '../limits/byte-budget.ts';
import type { RedisClient } from './client.ts';

/** Most values are shorter, and need no second command. */
const HEAD = 16 * 1024; // bytes

/**
 * Redis keeps an answer in its own memory until it is sent, and that memory counts towards its
 * `maxmemory`: it evicts keys or refuses writes for it. So this instance asks for few bytes at a time.
 */
export const REPLIES = {
  size: 2 * 1024 * 1024, // bytes
  /** Within the second in which a request is answered. */
  patience: 800, // milliseconds
  what: 'reads',
};

interface Head {
  bytes: Buffer;
  /** False: there may be more of the value. */
  isWhole: boolean;
}

export type Values = ReturnType<typeof createValues>;

interface Parts {
  primary: RedisClient;
  /** Asked first, for values that may be a little old; null: the primary alone is asked. */
  replica: RedisClient | null;
  /** The bytes that Redis may be asked for at a time. */
  replies: ByteBudget;
}

/** All functions throw what the primary throws, and NoRoom when too much is asked for at a time. */
export function createValues({ primary, replica, replies }: Parts) {
  return { readHead, readLength, readWhole };

  /** Returns the first 16 KiB of a value; null when there is no such key. */
  async function readHead(key: string): Promise<Head | null> {
    const bytes = await readRange(key, HEAD);
    if (bytes.length === 0 && (await ask((redis) => redis.type(key))) === 'none') return null;
    return { bytes, isWhole: bytes.length < HEAD };
  }

  function readLength(key: string): Promise<number> {
    return ask((redis) => redis.strlen(key));
  }

  /** Returns a value of at most `length` bytes; null when it has become longer. */
  async function readWhole(key: string, length: number): Promise<Buffer | null> {
    const bytes = await readRange(key, length + 1);
    return bytes.length <= length ? bytes : null;
  }

  function readRange(key: string, length: number): Promise<Buffer> {
    // A value of the version before may be longer than all that is asked for at a time
    const bytes = Math.min(length, REPLIES.size);
    return replies.run(bytes, () => ask((redis) => redis.getrangeBuffer(key, 0, length - 1)));
  }

  async function ask<Reply>(command: (redis: RedisClient) => Promise<Reply>): Promise<Reply> {
    if (!replica) return command(primary);
    try {
      return await command(replica);
    } catch {
      return command(primary);
    }
  }
}

/** Whether a replica would be asked now. */
export function isReadFrom(replica: RedisClient | null): boolean {
  if (replica?.status !== 'ready') return false;
  return !(replica instanceof Cluster) || replica.nodes('slave').length > 0;
}
