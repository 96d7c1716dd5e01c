/** What Redis lets this app's user do here, and the rule that would add what is missing. */
import type { Redis } from 'ioredis';
import { explain, isForbidden } from '../../redis/explain.ts';

/** A command of each kind that the room sends, with arguments that are enough to ask for the right. */
const COMMANDS: [part: string, ...words: string[]][] = [
  ['keys', 'SCAN', '0'],
  ['keys', 'TYPE', 'k'],
  ['keys', 'PTTL', 'k'],
  ['keys', 'MEMORY', 'USAGE', 'k'],
  ['values', 'GETRANGE', 'k', '0', '1'],
  ['values', 'STRLEN', 'k'],
  ['values', 'LLEN', 'k'],
  ['values', 'LRANGE', 'k', '0', '1'],
  ['values', 'HLEN', 'k'],
  ['values', 'HSCAN', 'k', '0'],
  ['values', 'SCARD', 'k'],
  ['values', 'SSCAN', 'k', '0'],
  ['values', 'ZCARD', 'k'],
  ['values', 'ZRANGE', 'k', '0', '1'],
  ['values', 'XLEN', 'k'],
  ['values', 'XREVRANGE', 'k', '+', '-'],
  ['changes', 'SET', 'k', 'v'],
  ['changes', 'RPUSH', 'k', 'v'],
  ['changes', 'LPUSH', 'k', 'v'],
  ['changes', 'LREM', 'k', '1', 'v'],
  ['changes', 'LPOP', 'k'],
  ['changes', 'RPOP', 'k'],
  ['changes', 'HSET', 'k', 'f', 'v'],
  ['changes', 'HDEL', 'k', 'f'],
  ['changes', 'SADD', 'k', 'v'],
  ['changes', 'SREM', 'k', 'v'],
  ['changes', 'ZADD', 'k', '1', 'v'],
  ['changes', 'ZREM', 'k', 'v'],
  ['changes', 'XADD', 'k', '*', 'f', 'v'],
  ['changes', 'XDEL', 'k', '1-1'],
  ['changes', 'PEXPIRE', 'k', '1'],
  ['changes', 'PERSIST', 'k'],
  ['changes', 'UNLINK', 'k'],
  ['health', 'INFO'],
  ['health', 'SLOWLOG', 'GET'],
  ['health', 'CLIENT', 'LIST'],
  ['console', 'COMMAND', 'INFO', 'get'],
  ['console', 'COMMAND', 'GETKEYS', 'get', 'k'],
  ['channels', 'SUBSCRIBE', 'c'],
  ['channels', 'PUBLISH', 'c', 'm'],
];
/** With a second word, which a rule names as well. */
const CONTAINERS = new Set(['MEMORY', 'SLOWLOG', 'CLIENT', 'COMMAND']);

interface Right {
  part: string;
  command: string;
  allowed: boolean;
  /** For ACL SETUSER. */
  rule: string;
}

export interface Rights {
  /** null: Redis does not let this app ask. */
  user: string | null;
  /** null: before Redis 7.0, or where Redis does not let this app ask. */
  rights: Right[] | null;
  /** Why something is null. */
  problem: string | null;
}

/** Never throws for what Redis forbids. */
export async function readRights(redis: Redis): Promise<Rights> {
  try {
    const user = String(await redis.call('ACL', 'WHOAMI'));
    try {
      return { user, rights: await tryCommands(redis, user), problem: null };
    } catch (error) {
      return { user, rights: null, problem: explainMissing(error as Error) };
    }
  } catch (error) {
    return { user: null, rights: null, problem: explainMissing(error as Error) };
  }
}

async function tryCommands(redis: Redis, user: string): Promise<Right[]> {
  const replies = await Promise.all(
    COMMANDS.map(([, ...words]) => redis.call('ACL', 'DRYRUN', user, ...words)),
  );
  return COMMANDS.map(([part, first, second], i) => {
    const names = CONTAINERS.has(first!) ? [first!, second!] : [first!];
    return {
      part,
      command: names.join(' '),
      // A right to the key, or to the channel, is another matter
      allowed: !/permissions to run/.test(String(replies[i])),
      rule: `+${names.join('|').toLowerCase()}`,
    };
  });
}

function explainMissing(error: Error): string {
  if (isForbidden(error)) return explain(error);
  if (/unknown (sub)?command|wrong number|Try ACL HELP/i.test(error.message))
    return 'Redis before 7.0 cannot be asked which commands it allows (ACL DRYRUN)';
  throw error;
}
