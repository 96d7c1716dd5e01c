/** Reads a key and puts off its expiry, in one round trip. */
import type { RedisClient } from '../redis/client.ts';
import { isForbidden } from '../redis/explain.ts';

/** GETEX is one command; a Redis older than 6.2, or with GETEX renamed, needs two for it. */
export function createReader(redis: RedisClient) {
  let hasGetex = true;

  return async (key: string, timeToLive: number): Promise<string | null> => {
    if (!hasGetex) return readWithoutGetex(key, timeToLive);
    try {
      return await redis.getex(key, 'PX', timeToLive);
    } catch (error) {
      if (!isForbidden(error as Error)) throw error;
      hasGetex = false;
      return readWithoutGetex(key, timeToLive);
    }
  };

  async function readWithoutGetex(key: string, timeToLive: number): Promise<string | null> {
    const replies = await redis.multi().get(key).pexpire(key, timeToLive).exec();
    return firstReply(replies);
  }
}

type Replies = [Error | null, unknown][] | null;

/** The reply of GET in a transaction that begins with it. Throws what any of its commands did. */
export function firstReply(replies: Replies): string | null {
  throwErrorsOf(replies);
  return (replies?.[0]?.[1] ?? null) as string | null;
}

export function throwErrorsOf(replies: Replies): void {
  for (const [error] of replies ?? []) if (error) throw error;
}
