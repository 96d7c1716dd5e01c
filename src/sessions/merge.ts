/** Writes a session's fields inside Redis, where no other request can come between. */
import type { Result } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import type { Changes } from './record.ts';

/** Every request reads all of its session. */
export const RECORD_LIMIT = 64 * 1024; // bytes

/**
 * KEYS: the record. ARGV: the changes, milliseconds until the idle timeout, most bytes of a record.
 *
 * Only the fields pass through Redis' JSON library, to which {} and [] are the same, and long
 * numbers are short ones. It cannot spoil the fields: their values are strings to it. What stands
 * around them stays byte for byte, as a newer version of the app may have written it.
 */
const SCRIPT = String.raw`
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

-- The fields are the only object before the end of the fields, and hold no other object
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

/** Returns a function that changes some fields of a record and leaves all else as it is. */
export function createMerge(redis: RedisClient) {
  redis.defineCommand('mergeSession', { numberOfKeys: 1, lua: SCRIPT });

  return (key: string, changes: Changes, idleTimeout: number) =>
    redis.mergeSession(key, JSON.stringify(changes), idleTimeout, RECORD_LIMIT) as Promise<Outcome>;
}
