/** Accounts in Redis: find, create, update, remove. */
import { hash, randomBytes } from 'node:crypto';
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import { isOfOtherType } from '../redis/explain.ts';
import { accountKey } from '../redis/names.ts';

export interface Account {
  /** Random. Sessions and limits belong to the id, because another account may get the name. */
  id: string;
  /** As it was written at sign-up. */
  name: string;
  /** A hash, as a PHC string. */
  password: string;
  /** Milliseconds since 1970, or 0 for never. A new hash of the same password is no change. */
  passwordChangedAt: number;
  /** Hashes of the addresses of its latest sign-ins, the latest first. */
  addresses: string[];
  /** When the last of its sessions so far ends, in milliseconds since 1970; 0 if it has had none. */
  sessionsUntil: number;
}

/** For accounts of an earlier version, which did not note when their sessions end. */
const LONG_AGO = 1;

/** KEYS: the account. ARGV: its old text, its new text. */
const REPLACE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** KEYS: the account. ARGV: its old text. */
const REMOVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

export type Accounts = ReturnType<typeof createAccounts>;

/**
 * Names that differ only in letter case or in Unicode normalization are the same. All functions throw
 * the errors of Redis.
 */
export function createAccounts(redis: RedisClient, log: Log) {
  const unreadable = new Set<string>();

  return { find, create, update, remove };

  /** Returns null also for an account that cannot be read. */
  async function find(name: string): Promise<Account | null> {
    const key = keyOf(name);
    return parse(key, await read(key));
  }

  /** Returns null when the name is taken. */
  async function create(
    created: Pick<Account, 'name' | 'password' | 'addresses'>,
  ): Promise<Account | null> {
    const account = { id: createId(), ...created, passwordChangedAt: 0, sessionsUntil: 0 };
    const stored = await redis.set(keyOf(account.name), JSON.stringify(account), 'NX');
    return stored === null ? null : account;
  }

  /**
   * Stores what `change` makes of the current state of an account that was found. Returns the new
   * state, or null when the account is gone, another one has its name, or `change` returns null.
   */
  async function update(
    found: Account,
    change: (account: Account) => Account | null,
  ): Promise<Account | null> {
    const key = keyOf(found.name);
    for (;;) {
      const text = await read(key);
      const account = parse(key, text);
      if (account?.id !== found.id) return null;
      const changed = change(account);
      if (!changed) return null;
      if (await redis.eval(REPLACE, 1, key, text!, JSON.stringify(changed))) return changed;
    }
  }

  /** Returns the last state of the account, or null when it is gone or another one has its name. */
  async function remove(found: Account): Promise<Account | null> {
    const key = keyOf(found.name);
    for (;;) {
      const text = await read(key);
      const account = parse(key, text);
      if (account?.id !== found.id) return null;
      if (await redis.eval(REMOVE, 1, key, text!)) return account;
    }
  }

  async function read(key: string): Promise<string | null> {
    try {
      return await redis.get(key);
    } catch (error) {
      if (!isOfOtherType(error as Error)) throw error;
      return '';
    }
  }

  function parse(key: string, text: string | null): Account | null {
    if (text === null) return null;
    const account = parseAccount(text);
    if (!account && !unreadable.has(key)) {
      unreadable.add(key);
      log(
        `The account under ${key} cannot be read: sign-ins to it are refused, and its name stays taken`,
      );
    }
    return account;
  }
}

/** Returns the form of a name by which names are compared. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Returns whether two states of an account are before, or after, the same change of password. */
export function hasSamePassword(one: Account, other: Account): boolean {
  return one.passwordChangedAt === other.passwordChangedAt;
}

function keyOf(name: string): string {
  return accountKey(canonicalName(name));
}

/** Returns 128 random bits. */
function createId(): string {
  return randomBytes(16).toString('base64url');
}

function parseAccount(text: string): Account | null {
  const stored = parseJson(text) as Partial<Account> | null;
  const {
    name,
    password,
    addresses,
    passwordChangedAt = 0,
    sessionsUntil = LONG_AGO,
  } = stored ?? {};
  const { id = typeof password === 'string' ? idFrom(password) : undefined } = stored ?? {};
  const isAccount =
    typeof id === 'string' &&
    typeof name === 'string' &&
    typeof password === 'string' &&
    typeof passwordChangedAt === 'number' &&
    typeof sessionsUntil === 'number' &&
    Array.isArray(addresses) &&
    addresses.every((address) => typeof address === 'string');
  if (!isAccount) return null;
  return { ...stored, id, name, password, passwordChangedAt, addresses, sessionsUntil };
}

/**
 * Returns the id of an account from before accounts had ids. All instances compute the same one,
 * from the random salt in the hash, until the first change of the account stores it.
 */
function idFrom(password: string): string {
  return hash('sha256', password, 'base64url').slice(0, 22);
}

/** Returns null for text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
