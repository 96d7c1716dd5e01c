/** Writes a session's fields inside Redis, where no other request can come between. */
import type { Result } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import type { Changes } from './record.ts';

/** Every request reads all of its session. */
export const RECORD_LIMIT = 64 * 1024; // bytes

/**
 * KEYS: the record. ARGV: the changes, milliseconds until the idle timeout, most bytes of a record.
 * The values of fields are strings to Redis, so that its JSON library, to which {} and [] are the
 * same, cannot spoil them.
 */
const SCRIPT = `
local text = redis.call('GET', KEYS[1])
if not text then return 'ended' end

local record = cjson.decode(text)
local changes = cjson.decode(ARGV[1])
local fields = record[5]
for name, value in pairs(changes.written) do fields[name] = value end
for _, name in ipairs(changes.removed) do fields[name] = nil end

local merged = cjson.encode(record)
if #merged > tonumber(ARGV[3]) and #merged > #text then return 'too large' end
redis.call('SET', KEYS[1], merged, 'PX', ARGV[2])
return 'merged'
`;

export type Outcome = 'merged' | 'ended' | 'too large';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    mergeSession(
      key: string,
      changes: string,
      idleTimeout: number,
      limit: number,
    ): Result<string, Context>;
  }
}

/** Returns a function that changes some fields of a record and leaves all others as they are. */
export function createMerge(redis: RedisClient) {
  redis.defineCommand('mergeSession', { numberOfKeys: 1, lua: SCRIPT });

  return (key: string, changes: Changes, idleTimeout: number) =>
    redis.mergeSession(key, JSON.stringify(changes), idleTimeout, RECORD_LIMIT) as Promise<Outcome>;
}
