/** What Redis lets this app's user do here, and the rule that would add what is missing. */
import type { Redis } from 'ioredis';
import { explain, isForbidden } from '../../redis/explain.ts';

/** The commands of each part of the room, with arguments that are enough to ask for the right. */
const COMMANDS = {
  keys: 'SCAN 0, TYPE k, PTTL k, MEMORY USAGE k, INFO',
  values:
    'GETRANGE k 0 1, STRLEN k, LLEN k, LRANGE k 0 1, HLEN k, HSCAN k 0, SCARD k, SSCAN k 0, ZCARD k, ZRANGE k 0 1, XLEN k, XREVRANGE k + -',
  changes:
    'SET k v, RPUSH k v, LPUSH k v, LREM k 1 v, LPOP k, RPOP k, HSET k f v, HDEL k f, SADD k v, SREM k v, ZADD k 1 v, ZREM k v, XADD k * f v, XDEL k 1-1, PEXPIRE k 1, PERSIST k, UNLINK k',
  health: 'INFO, SLOWLOG GET, CLIENT LIST',
  console: 'COMMAND INFO get, COMMAND GETKEYS get k, MULTI, EXEC',
  channels: 'SUBSCRIBE c, PUBLISH c m',
};
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
  const asked = Object.entries(COMMANDS).flatMap(([part, commands]) =>
    commands.split(', ').map((command) => tryCommand(redis, user, part, command.split(' '))),
  );
  return Promise.all(asked);
}

async function tryCommand(redis: Redis, user: string, part: string, words: string[]) {
  const reply = String(await redis.call('ACL', 'DRYRUN', user, ...words));
  const names = words.slice(0, CONTAINERS.has(words[0]!) ? 2 : 1);
  return {
    part,
    command: names.join(' '),
    // A right to the key, or to the channel, is another matter
    allowed: !reply.includes('permissions to run'),
    rule: `+${names.join('|').toLowerCase()}`,
  };
}

function explainMissing(error: Error): string {
  if (isForbidden(error)) return explain(error);
  if (/unknown (sub)?command|wrong number|Try ACL HELP/i.test(error.message))
    return 'Redis before 7.0 cannot be asked which commands it allows (ACL DRYRUN)';
  throw error;
}
