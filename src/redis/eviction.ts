/** Warns of an eviction policy that drops accounts and sessions when Redis is full. */
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { readServerInfo } from './server-info.ts';

/** Returns null for a policy that evicts nothing, and for an unknown policy (null). */
export function warnOfEviction(policy: string | null): string | null {
  if (policy === null || policy === 'noeviction') return null;
  // These evict only keys that expire; accounts do not expire
  const victims = policy.startsWith('volatile-') ? 'sessions' : 'accounts, sessions';
  return `When Redis is full, it drops ${victims} and the counters of failed sign-ins (maxmemory-policy ${policy}): choose noeviction, or a plan of its own for sessions`;
}

/** Logs the warning when the client connects to a Redis with another policy than before. */
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
