/** Looks for sessions that are in no index, through all that Redis holds. */
import { Cluster } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { handleIn, sessionKey } from '../redis/names.ts';
import { createConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { parseRecord } from './record.ts';

/** Keys that Redis looks at in one step, during which it serves no one else. */
const BATCH = 500;
const PATIENCE = 5000; // milliseconds

/** Resolves to the handles of all sessions of an account. Throws what Redis throws. */
export type Search = (account: string) => Promise<string[]>;

/** One search at a time keeps Redis free for others; an answer with 503 is thrown when many wait. */
export function createSearch(redis: RedisClient): Search {
  const takeTurn = createConcurrencyLimit(1, PATIENCE, 'searches for sessions');

  return (account) => takeTurn(() => search(account));

  async function search(account: string): Promise<string[]> {
    const found: string[] = [];
    for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
      const batches = node.scanStream({ match: sessionKey('*'), count: BATCH });
      for await (const keys of batches as AsyncIterable<string[]>) {
        const isOfAccount = await Promise.all(keys.map((key) => isOf(account, key)));
        found.push(...keys.filter((_, i) => isOfAccount[i]).map(handleIn));
      }
    }
    return [...new Set(found)];
  }

  async function isOf(account: string, key: string): Promise<boolean> {
    const text = await redis.get(key);
    return text !== null && parseRecord(text)?.account === account;
  }
}
