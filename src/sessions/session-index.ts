/** The index of an account's sessions: their handles, sorted by the time at which each ends. */
import type { Result } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { accountSessionsKey } from '../redis/names.ts';

/** Keeps the index for as long as any of its sessions could live. An index without it was evicted. */
const KEPT = 'kept';
/** Stands for sessions that the index has lost, until the last of them ends. */
const LOST = 'lost';

const isHandle = (member: string) => member !== KEPT && member !== LOST;

/**
 * KEYS: the index. ARGV: a handle, the time at which its session ends, the time now, the time at
 * which the last of the earlier sessions ends.
 *
 * What a full Redis refuses comes first, so that nothing is half done. The index lives as long as
 * its longest session, whatever the timeouts were when that began.
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

/** All functions throw what Redis throws. */
export function createSessionIndex(redis: RedisClient) {
  redis.defineCommand('addToIndex', { numberOfKeys: 1, lua: ADD });

  return { add, remove, has, list, isComplete, forgetLost, forget };

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

  /** Returns at most `limit` handles, the newest first. Some of them may have ended. */
  async function list(account: string, limit: number): Promise<string[]> {
    const members = await redis.zrevrange(accountSessionsKey(account), 0, limit + 1);
    return members.filter(isHandle).slice(0, limit);
  }

  /**
   * Returns false when sessions may be missing, as Redis has evicted the index since they began.
   * The removal of handles makes no difference.
   */
  async function isComplete(account: string): Promise<boolean> {
    const index = accountSessionsKey(account);
    const [kept, lost] = await Promise.all([redis.zscore(index, KEPT), redis.zscore(index, LOST)]);
    return kept !== null && lost === null;
  }

  /** To be called when no session is left that the index misses. */
  async function forgetLost(account: string): Promise<void> {
    await redis.zrem(accountSessionsKey(account), LOST);
  }

  /** To be called when the account is gone. */
  async function forget(account: string): Promise<void> {
    await redis.unlink(accountSessionsKey(account));
  }
}
