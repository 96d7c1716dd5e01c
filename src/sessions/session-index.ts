/**
 * Which sessions an account has: an index of their handles, sorted by the time at which each ends,
 * and a search through all of Redis for when the index was evicted.
 */
import { Cluster, type Result } from 'ioredis';
import { createConcurrencyLimit } from '../limits/concurrency-limit.ts';
import type { RedisClient } from '../redis/client.ts';
import { accountSessionsKey, handleIn, sessionKey } from '../redis/names.ts';
import { parseRecord } from './record.ts';

/** Keeps the index for as long as any of its sessions could live. An index without it was evicted. */
const KEPT = 'kept';
/** Stands for sessions that the index has lost, until the last of them ends. */
const LOST = 'lost';

/** Keys that Redis looks at in one step of a search, during which it serves no other client. */
const BATCH = 500;
const PATIENCE = 5000; // milliseconds

/**
 * KEYS: the index. ARGV: a handle, the time at which its session ends, the time now, the time at
 * which the last of the earlier sessions ends.
 *
 * The command that a full Redis refuses comes first, so that nothing is half done. The index lives as
 * long as its longest session, whatever the timeouts were when that began.
 */
const ADD = `
local isEvicted = not redis.call('ZSCORE', KEYS[1], '${KEPT}') and tonumber(ARGV[4]) > tonumber(ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
if isEvicted then redis.call('ZADD', KEYS[1], ARGV[4], '${LOST}') end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
if last then
  redis.call('ZADD', KEYS[1], last, '${KEPT}')
  redis.call('PEXPIREAT', KEYS[1], last)
end
`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    addToIndex(
      index: string,
      handle: string,
      endsAt: number,
      now: number,
      othersUntil: number,
    ): Result<null, Context>;
  }
}

export type SessionIndex = ReturnType<typeof createSessionIndex>;

/** All functions throw the errors of Redis. */
export function createSessionIndex(redis: RedisClient) {
  redis.defineCommand('addToIndex', { numberOfKeys: 1, lua: ADD });
  // One search at a time, to keep Redis free for others
  const takeTurn = createConcurrencyLimit(1, PATIENCE, 'searches for sessions');

  return { add, remove, has, list, isComplete, search, forgetLost, forget };

  /** `othersUntil` is the time at which the last of the account's earlier sessions ends. */
  async function add(
    account: string,
    handle: string,
    { endsAt, now, othersUntil }: { endsAt: number; now: number; othersUntil: number },
  ): Promise<void> {
    await redis.addToIndex(accountSessionsKey(account), handle, endsAt, now, othersUntil);
  }

  async function remove(account: string, ...handles: string[]): Promise<void> {
    await redis.zrem(accountSessionsKey(account), ...handles);
  }

  async function has(account: string, handle: string): Promise<boolean> {
    return isHandle(handle) && (await redis.zscore(accountSessionsKey(account), handle)) !== null;
  }

  /** Returns at most `limit` handles, the newest first. Some of their sessions may have ended. */
  async function list(account: string, limit: number): Promise<string[]> {
    const members = await redis.zrevrange(accountSessionsKey(account), 0, limit + 1);
    return members.filter(isHandle).slice(0, limit);
  }

  /**
   * Returns false when the index may miss sessions, because Redis has evicted it since they began.
   * Removing handles makes no difference.
   */
  async function isComplete(account: string): Promise<boolean> {
    const index = accountSessionsKey(account);
    const [kept, lost] = await Promise.all([redis.zscore(index, KEPT), redis.zscore(index, LOST)]);
    return kept !== null && lost === null;
  }

  /**
   * Returns the handles of all sessions of the account, from all keys in Redis. Throws an answer with
   * 503 when many searches wait.
   */
  async function search(account: string): Promise<string[]> {
    return takeTurn(async () => {
      const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
      const found = new Set<string>();
      for (const node of nodes) {
        const batches = node.scanStream({ match: sessionKey('*'), count: BATCH });
        for await (const keys of batches as AsyncIterable<string[]>) {
          const isOfAccount = await Promise.all(keys.map((key) => belongsTo(account, key)));
          for (const [i, key] of keys.entries()) if (isOfAccount[i]) found.add(handleIn(key));
        }
      }
      return [...found];
    });
  }

  async function belongsTo(account: string, key: string): Promise<boolean> {
    const text = await redis.get(key);
    return text !== null && parseRecord(text)?.account === account;
  }

  /** To be called when the index misses no session any more. */
  async function forgetLost(account: string): Promise<void> {
    await redis.zrem(accountSessionsKey(account), LOST);
  }

  /** To be called when the account is gone. */
  async function forget(account: string): Promise<void> {
    await redis.unlink(accountSessionsKey(account));
  }
}

function isHandle(member: string): boolean {
  return member !== KEPT && member !== LOST;
}
