/** Limits on sign-ins and sign-ups, counted in Redis for all instances together. */
import { hash } from 'node:crypto';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../redis/client.ts';
import { THROTTLE_PREFIX } from '../redis/names.ts';
import { type Account, canonicalName } from './accounts.ts';

const HOUR = 60 * 60; // seconds

/** Wrong passwords for one account, or for one name without an account. */
const PER_ACCOUNT = { points: 10, duration: 15 * 60 }; // seconds
/** From one address: wrong passwords for any names, and sign-ups with a name that is taken. */
const PER_ADDRESS = { points: 100, duration: HOUR };
/** From one address: right and wrong passwords. Each takes the work of a hash. */
const ATTEMPTS = { points: 3000, duration: HOUR };
/** From one address: accounts made and kept. They stay in Redis. */
const SIGN_UPS = { points: 500, duration: HOUR };

const KNOWN_ADDRESSES = 8;

/** An attempt to sign in. */
export interface Attempt {
  name: string;
  address: string;
  account: Account | null;
}

export type Throttle = ReturnType<typeof createThrottle>;

/**
 * Attempts from a known address of the account are counted apart, so that others cannot use up the
 * owner's. A name without an account counts like any other.
 *
 * The functions that count return 0, or the seconds to wait when the limit is exceeded. They count
 * before the outcome is known, so that parallel attempts cannot slip through.
 */
export function createThrottle(redis: RedisClient) {
  const perAccount = limiter('n', PER_ACCOUNT);
  const perAddress = limiter('a', PER_ADDRESS);
  const attempts = limiter('i', ATTEMPTS);
  const signUps = limiter('u', SIGN_UPS);

  return {
    check,
    count,
    countAttempt,
    forgive,
    countGuess,
    forgiveGuess,
    countSignUp,
    forgiveSignUp,
    giveBack,
  };

  /** Returns what `count` would return, without counting. */
  async function check(attempt: Attempt): Promise<number> {
    const waits = await Promise.all([
      read(perAccount, keyOf(attempt)),
      isFromKnownAddress(attempt) ? 0 : read(perAddress, fingerprint(attempt.address)),
    ]);
    return Math.max(...waits);
  }

  /** Counts an attempt as failed. */
  async function count(attempt: Attempt): Promise<number> {
    const wait = await consume(perAccount, keyOf(attempt));
    if (wait > 0 || isFromKnownAddress(attempt)) return wait;
    return countGuess(attempt.address);
  }

  /** Counts an attempt, right or wrong. */
  async function countAttempt(address: string): Promise<number> {
    return consume(attempts, fingerprint(address));
  }

  /** Resets the account's count, as the password was right. */
  async function forgive(attempt: Attempt): Promise<void> {
    await perAccount.delete(keyOf(attempt));
    if (!isFromKnownAddress(attempt)) await forgiveGuess(attempt.address);
  }

  /** Counts a request that may be meant to find out names. */
  async function countGuess(address: string): Promise<number> {
    return consume(perAddress, fingerprint(address));
  }

  async function forgiveGuess(address: string): Promise<void> {
    await perAddress.reward(fingerprint(address));
  }

  async function countSignUp(address: string): Promise<number> {
    return consume(signUps, fingerprint(address));
  }

  /** Takes back the count of a sign-up that made no account. */
  async function forgiveSignUp(address: string): Promise<void> {
    await signUps.reward(fingerprint(address));
  }

  /** Takes back the count of a sign-up when its account is deleted from the same address. */
  async function giveBack({ addresses }: Account, address: string): Promise<void> {
    if (addresses.at(-1) === fingerprint(address)) await forgiveSignUp(address);
  }

  /** Reads without limiter.get(), which uses MULTI: a full Redis refuses that. */
  async function read(limit: RateLimiterRedis, key: string): Promise<number> {
    const name = limit.getKey(key);
    const [used, timeLeft] = await Promise.all([redis.get(name), redis.pttl(name)]);
    return Number(used) > limit.points ? toSeconds(timeLeft) : 0;
  }

  function limiter(name: string, limit: { points: number; duration: number }) {
    return new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: `${THROTTLE_PREFIX}:${name}`,
      ...limit,
    });
  }
}

/** Returns 0, or the seconds to wait when the limit is exceeded. */
export async function consume(limit: RateLimiterRedis, key: string): Promise<number> {
  try {
    await limit.consume(key);
    return 0;
  } catch (error) {
    if (error instanceof Error) throw error;
    return toSeconds((error as RateLimiterRes).msBeforeNext);
  }
}

function toSeconds(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}

export function isFromKnownAddress({ account, address }: Attempt): boolean {
  return account?.addresses.includes(fingerprint(address)) ?? false;
}

/** Returns an account's addresses with this one as the latest. */
export function withAddress(addresses: string[], address: string): string[] {
  const latest = fingerprint(address);
  return [latest, ...addresses.filter((each) => each !== latest)].slice(0, KNOWN_ADDRESSES);
}

function keyOf(attempt: Attempt): string {
  const { account, name, address } = attempt;
  const key = account?.id ?? fingerprint(canonicalName(name));
  return isFromKnownAddress(attempt) ? `${key}:${fingerprint(address)}` : key;
}

/** Names are not stored as they are, because some people type their password in that field. */
export function fingerprint(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
