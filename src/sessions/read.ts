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

  /** Not in MULTI, which a full Redis refuses. */
  async function readWithoutGetex(key: string, timeToLive: number): Promise<string | null> {
    const [text] = await Promise.all([redis.get(key), redis.pexpire(key, timeToLive)]);
    return text;
  }
}
