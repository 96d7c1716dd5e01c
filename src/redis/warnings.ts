/** Warns of settings of Redis with which accounts, sessions or writes will be in trouble. */
import { formatAddress } from '../connection.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { readServerInfo, type ServerInfo } from './server-info.ts';

/** `waitReplicas` is how many replicas must confirm a write. */
export function warningsOf(info: ServerInfo, waitReplicas: number): string[] {
  const warnings = [warnOfEviction(info.evictionPolicy), warnOfReplicas(info, waitReplicas)];
  return warnings.filter((warning) => warning !== null);
}

/** Logs the warnings when the client connects to a Redis that has others than before. */
export function logWarnings(redis: RedisClient, waitReplicas: number, log: Log): void {
  let last: string[] = [];

  redis.on('ready', () => void warn());

  async function warn() {
    // INFO is forbidden, or Redis is away again
    const info = await readServerInfo(redis).catch(() => null);
    if (!info) return;
    const warnings = warningsOf(info, waitReplicas);
    for (const warning of warnings) if (!last.includes(warning)) log(`WARNING: ${warning}`);
    last = warnings;
  }
}

/** Returns null for a policy that evicts nothing, and for an unknown policy (null). */
function warnOfEviction(policy: string | null): string | null {
  if (policy === null || policy === 'noeviction') return null;
  // These evict only keys that expire; accounts do not expire
  const victims = policy.startsWith('volatile-') ? 'sessions' : 'accounts, sessions';
  return `When Redis is full, it drops ${victims} and the counters of failed sign-ins (maxmemory-policy ${policy}): choose noeviction, or a plan of its own for sessions`;
}

function warnOfReplicas({ primaries, replicas }: ServerInfo, wanted: number): string | null {
  const counts = primaries.map((primary) => {
    const address = formatAddress(primary);
    return replicas.filter((replica) => formatAddress(replica.primary) === address).length;
  });
  const fewest = Math.min(...counts);
  if (fewest >= wanted) return null;
  return `REDIS_WAIT_REPLICAS=${wanted} waits for more replicas than Redis has (${fewest}): each write is answered 503. Lower it, or choose a plan with replicas`;
}
