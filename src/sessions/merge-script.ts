/** Merges the fields that a request has changed into a record, inside Redis. */
import type { Result } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { type Changes, RECORD_LIMIT } from './record.ts';

/**
 * Changes the fields of a record inside Redis, where no other request can come between.
 * KEYS: the record. ARGV: the changes, milliseconds until the idle timeout, most bytes of a record.
 *
 * Finds the fields as the first object of the record (see Stored), which holds no other object. Only
 * they pass through Redis' JSON library, to which {} and [] are the same and which shortens long
 * numbers: their values are texts. All else stays byte for byte, as a newer version may have added it.
 */
const MERGE = String.raw`
local function findOutsideStrings(wanted, text, position)
  while true do
    position = text:find('["' .. wanted .. ']', position)
    if not position or text:sub(position, position) == wanted then return position end
    repeat
      position = text:find('["\\]', position + 1)
      local isEscape = position and text:sub(position, position) == '\\'
      if isEscape then position = position + 1 end
    until not isEscape
    if not position then return nil end
    position = position + 1
  end
end

local text = redis.call('GET', KEYS[1])
if not text then return 'ended' end

local first = findOutsideStrings('{', text, 1)
local last = findOutsideStrings('}', text, first)
local fields = cjson.decode(text:sub(first, last))
local changes = cjson.decode(ARGV[1])
for name, value in pairs(changes.written) do fields[name] = value end
for _, name in ipairs(changes.removed) do fields[name] = nil end

local merged = text:sub(1, first - 1) .. cjson.encode(fields) .. text:sub(last + 1)
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

/** Returns a function that changes some fields of the record under a key. It throws errors of Redis. */
export function createMerge(redis: RedisClient) {
  redis.defineCommand('mergeSession', { numberOfKeys: 1, lua: MERGE });

  return (key: string, changes: Changes, idleTimeout: number) =>
    redis.mergeSession(key, JSON.stringify(changes), idleTimeout, RECORD_LIMIT) as Promise<Outcome>;
}
