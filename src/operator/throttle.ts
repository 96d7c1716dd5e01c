/** Limits on wrong passwords of the operator, counted in Redis for all instances together. */
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { consume, fingerprint } from '../accounts/throttle.ts';
import type { RedisClient } from '../redis/client.ts';
import { THROTTLE_PREFIX } from '../redis/names.ts';

const FROM_ONE_ADDRESS = { points: 10, duration: 15 * 60 }; // seconds
/** From all addresses together from which the operator has not signed in lately. */
const FROM_UNKNOWN_ADDRESSES = { points: 500, duration: 60 * 60 }; // seconds
const KNOWN_FOR = 30 * 24 * 60 * 60; // seconds

/** Strangers cannot lock the operator out: addresses of earlier sign-ins are counted by themselves. */
export function createOperatorThrottle(redis: RedisClient) {
  const perAddress = limiter('oa', FROM_ONE_ADDRESS);
  const unknown = limiter('ou', FROM_UNKNOWN_ADDRESSES);

  return { count, forgive };

  /**
   * Counts an attempt as failed, before its outcome is known: parallel attempts cannot slip through.
   * Returns 0, or the seconds to wait when a limit is exceeded.
   */
  async function count(address: string): Promise<number> {
    const wait = await consume(perAddress, fingerprint(address));
    return wait > 0 || (await isKnown(address)) ? wait : consume(unknown, 'all');
  }

  /** Takes the count back, as the password was right, and remembers the address. */
  async function forgive(address: string): Promise<void> {
    await perAddress.delete(fingerprint(address));
    if (!(await isKnown(address))) await unknown.reward('all');
    await redis.set(knownKey(address), '1', 'EX', KNOWN_FOR);
  }

  async function isKnown(address: string): Promise<boolean> {
    return (await redis.get(knownKey(address))) !== null;
  }

  function limiter(name: string, limit: { points: number; duration: number }) {
    const keyPrefix = `${THROTTLE_PREFIX}:${name}`;
    return new RateLimiterRedis({ storeClient: redis, keyPrefix, ...limit });
  }
}

function knownKey(address: string): string {
  return `${THROTTLE_PREFIX}:ok:${fingerprint(address)}`;
}
