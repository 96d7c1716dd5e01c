/** Limits how many passwords can be tried, counted in Redis for all instances together. */
import { hash } from 'node:crypto';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../redis/client.ts';
import { THROTTLE_PREFIX } from '../redis/names.ts';
import { type Account, canonicalName } from './accounts.ts';

/** Wrong passwords for one name. */
const PER_NAME = { points: 10, duration: 15 * 60 }; // seconds
/** Wrong passwords for whatever names, from one address. */
const PER_ADDRESS = { points: 100, duration: 60 * 60 }; // seconds

const KNOWN_ADDRESSES = 8;

/** One try to sign in. */
export interface Attempt {
  name: string;
  address: string;
  account: Account | null;
}

export type Throttle = ReturnType<typeof createThrottle>;

/**
 * Tries from an address where the account's owner has signed in before count by themselves, so that
 * nobody else can use up the owner's. A name without an account counts like any other.
 */
export function createThrottle(redis: RedisClient) {
  const perName = limiter('n', PER_NAME);
  const perAddress = limiter('a', PER_ADDRESS);

  return { check, count, forgive, forget };

  /** Like count, but counts nothing. */
  async function check(attempt: Attempt): Promise<number> {
    const [ofName, ofAddress] = await Promise.all([
      perName.get(keyOf(attempt)),
      isFromKnownAddress(attempt) ? null : perAddress.get(fingerprint(attempt.address)),
    ]);
    return Math.max(waitFor(ofName, PER_NAME.points), waitFor(ofAddress, PER_ADDRESS.points));
  }

  /**
   * Counts a try as failed before it is known, so that many at a time cannot slip through. Returns
   * the seconds to wait when it is one too many, otherwise 0.
   */
  async function count(attempt: Attempt): Promise<number> {
    try {
      await perName.consume(keyOf(attempt));
      if (!isFromKnownAddress(attempt)) await perAddress.consume(fingerprint(attempt.address));
      return 0;
    } catch (error) {
      if (error instanceof Error) throw error;
      return Math.ceil((error as RateLimiterRes).msBeforeNext / 1000);
    }
  }

  /** The password was right: what the owner mistyped before is forgotten. */
  async function forgive(attempt: Attempt): Promise<void> {
    await perName.delete(keyOf(attempt));
    if (!isFromKnownAddress(attempt)) await perAddress.reward(fingerprint(attempt.address));
  }

  /** There is no such account any more. Tries from addresses that it knew are forgiven by then. */
  async function forget(name: string): Promise<void> {
    await perName.delete(fingerprint(canonicalName(name)));
  }

  function limiter(name: string, limit: { points: number; duration: number }) {
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `${THROTTLE_PREFIX}:${name}`,
      ...limit,
    });
  }
}

/** Seconds. */
function waitFor(used: RateLimiterRes | null, points: number): number {
  return used && used.consumedPoints > points ? Math.ceil(used.msBeforeNext / 1000) : 0;
}

export function isFromKnownAddress({ account, address }: Attempt): boolean {
  return account?.addresses.includes(fingerprint(address)) ?? false;
}

/** An account's addresses with one more, which is none that it knows yet. */
export function withAddress(addresses: string[], address: string): string[] {
  return [fingerprint(address), ...addresses].slice(0, KNOWN_ADDRESSES);
}

function keyOf(attempt: Attempt): string {
  const name = fingerprint(canonicalName(attempt.name));
  return isFromKnownAddress(attempt) ? `${name}:${fingerprint(attempt.address)}` : name;
}

/** Some people type their password where the name belongs: neither is kept as it is. */
function fingerprint(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
