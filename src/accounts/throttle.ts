/** Limits on sign-ins and sign-ups, counted in Redis for all instances together. */
import { hash } from 'node:crypto';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisClient } from '../redis/client.ts';
import { THROTTLE_PREFIX } from '../redis/names.ts';
import { type Account, canonicalName } from './accounts.ts';

const HOUR = 60 * 60; // seconds

/** Wrong passwords for one account, or for one name without an account. */
const PER_ACCOUNT = { points: 10, duration: 15 * 60 }; // seconds
/** Wrong passwords for whatever names, and names that were taken, from one address. */
const PER_ADDRESS = { points: 100, duration: HOUR };
/** Right and wrong passwords from one address: each takes the work of a hash. */
const ATTEMPTS = { points: 3000, duration: HOUR };
/** Accounts that one address makes and keeps: they stay in Redis. */
const SIGN_UPS = { points: 500, duration: HOUR };

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
 * others cannot use up the owner's. A name without an account counts like any other.
 *
 * All functions that count return the seconds to wait when it is one too many, otherwise 0. They
 * count before it is known what comes of it, so that many at a time cannot slip through.
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

  /** Like count, but counts nothing. */
  async function check(attempt: Attempt): Promise<number> {
    const waits = await Promise.all([
      read(perAccount, keyOf(attempt)),
      isFromKnownAddress(attempt) ? 0 : read(perAddress, fingerprint(attempt.address)),
    ]);
    return Math.max(...waits);
  }

  /** Counts a try as failed. */
  async function count(attempt: Attempt): Promise<number> {
    const wait = await consume(perAccount, keyOf(attempt));
    if (wait > 0 || isFromKnownAddress(attempt)) return wait;
    return countGuess(attempt.address);
  }

  /** Counts a try, whatever comes of it. */
  async function countAttempt(address: string): Promise<number> {
    return consume(attempts, fingerprint(address));
  }

  /** The password was right: what the owner mistyped before is forgotten. */
  async function forgive(attempt: Attempt): Promise<void> {
    await perAccount.delete(keyOf(attempt));
    if (!isFromKnownAddress(attempt)) await forgiveGuess(attempt.address);
  }

  /** Counts what may have been a try to find out names. */
  async function countGuess(address: string): Promise<number> {
    return consume(perAddress, fingerprint(address));
  }

  async function forgiveGuess(address: string): Promise<void> {
    await perAddress.reward(fingerprint(address));
  }

  async function countSignUp(address: string): Promise<number> {
    return consume(signUps, fingerprint(address));
  }

  /** No account came of it. */
  async function forgiveSignUp(address: string): Promise<void> {
    await signUps.reward(fingerprint(address));
  }

  /** The account is deleted: where it was made, another one may be. */
  async function giveBack({ addresses }: Account, address: string): Promise<void> {
    if (addresses.at(-1) === fingerprint(address)) await forgiveSignUp(address);
  }

  /** Not by limiter.get(), which asks in MULTI: a full Redis refuses that. */
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

async function consume(limit: RateLimiterRedis, key: string): Promise<number> {
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

/** An account's addresses with this one as the latest. */
export function withAddress(addresses: string[], address: string): string[] {
  const latest = fingerprint(address);
  return [latest, ...addresses.filter((each) => each !== latest)].slice(0, KNOWN_ADDRESSES);
}

function keyOf(attempt: Attempt): string {
  const { account, name, address } = attempt;
  const key = account?.id ?? fingerprint(canonicalName(name));
  return isFromKnownAddress(attempt) ? `${key}:${fingerprint(address)}` : key;
}

/** Some people type their password where the name belongs: neither is kept as it is. */
function fingerprint(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}
