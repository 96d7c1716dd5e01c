/** Warns of a Redis that drops accounts and sessions when it is full. */
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { readServerInfo } from './server-info.ts';

/** Returns null for a policy that evicts nothing, and for one that is not known. */
export function warnOfEviction(policy: string | null): string | null {
  if (policy === null || policy === 'noeviction') return null;
  // These evict only what expires, and accounts do not
  const victims = policy.startsWith('volatile-') ? 'sessions' : 'accounts, sessions';
  return `When Redis is full, it drops ${victims} and the counters of failed sign-ins (maxmemory-policy ${policy}): choose noeviction, or a plan of its own for sessions`;
}

/** Logs the warning each time that the client connects to a Redis with another policy. */
export function logEviction(redis: RedisClient, log: Log): void {
  let last: string | null = null;

  redis.on('ready', () => void warn());

  async function warn() {
    const policy = await readPolicy(redis);
    const warning = warnOfEviction(policy);
    if (warning && policy !== last) log(`WARNING: ${warning}`);
    last = policy ?? last;
  }
}

/** Returns null where INFO is forbidden, or Redis is away again. */
async function readPolicy(redis: RedisClient): Promise<string | null> {
  try {
    return (await readServerInfo(redis)).evictionPolicy;
  } catch {
    return null;
  }
}
