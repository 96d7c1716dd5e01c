/** Reads the values of keys, within a limit on what Redis is asked for at a time. */
import type { ByteBudget } from '../limits/byte-budget.ts';
import { VALUE_REPLIES } from '../limits/budgets.ts';
import type { RedisClient } from './client.ts';
import { readAtReplica } from './replica-reads.ts';

/** Most values are shorter, and need no second command. */
const HEAD = 16 * 1024; // bytes

interface Head {
  bytes: Buffer;
  /** False: there may be more of the value. */
  isWhole: boolean;
}

export type Values = ReturnType<typeof createValues>;

interface Parts {
  primary: RedisClient;
  /** Asked first, for values that may be a little old; null: only the primary is asked. */
  replica: RedisClient | null;
  /** Limits the bytes that Redis is asked for at a time. */
  replies: ByteBudget;
}

/** All functions throw what the primary throws, and NoRoom if too much is asked for at a time. */
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
    // Older versions of this app stored values that are longer than the budget
    const bytes = Math.min(length, VALUE_REPLIES.size);
    return replies.run(bytes, () => ask((redis) => redis.getrangeBuffer(key, 0, length - 1)));
  }

  function ask<Reply>(command: (redis: RedisClient) => Promise<Reply>): Promise<Reply> {
    return replica ? readAtReplica(replica, primary, command) : command(primary);
  }
}
