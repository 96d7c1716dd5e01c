/** Accounts, as Redis holds them. */
import { hash, randomBytes } from 'node:crypto';
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import { accountKey } from '../redis/names.ts';

export interface Account {
  /** Random. Names come and go; to the id belong the sessions, the throttle and the deletion. */
  id: string;
  /** As its owner wrote it at sign-up. */
  name: string;
  /** A hash, as a PHC string. */
  password: string;
  /** Milliseconds since 1970, or 0 for never. A better hash of the same password is no change. */
  passwordChangedAt: number;
  /** Hashes of the addresses from which its owner has signed in, the latest first. */
  addresses: string[];
  /** When the last of the sessions that were begun so far ends, in milliseconds since 1970. */
  sessionsUntil: number;
}

/** KEYS: the account. ARGV: the account as it was read, and as it is to be. */
const REPLACE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** KEYS: the account. ARGV: the account as it was read. */
const REMOVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

export type Accounts = ReturnType<typeof createAccounts>;

/**
 * Names that differ only in case, or in how their characters are put together, are the same. All
 * functions throw what Redis throws.
 */
export function createAccounts(redis: RedisClient, log: Log) {
  const unreadable = new Set<string>();

  return { find, create, update, remove };

  /** Returns null as well for what no version of the app has written. */
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
   * Changes the account that was found, however its fields have changed since. Returns it as it is
   * then, or null when it is gone, another one has its name, or `change` returns null.
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

  /**
   * Returns the account as it was at its end, or null when it is gone already, even if another one
   * has its name.
   */
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
      if (!(error as Error).message.startsWith('WRONGTYPE')) throw error;
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

/** What stands for a name wherever two of them are compared. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Returns whether the one was changed into the other without a change of the password. */
export function hasSamePassword(one: Account, other: Account): boolean {
  return one.passwordChangedAt === other.passwordChangedAt;
}

function keyOf(name: string): string {
  return accountKey(canonicalName(name));
}

/** 128 bits. */
function createId(): string {
  return randomBytes(16).toString('base64url');
}

function parseAccount(text: string): Account | null {
  const stored = parseJson(text) as Partial<Account> | null;
  const { name, password, addresses, passwordChangedAt = 0, sessionsUntil = 0 } = stored ?? {};
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
 * The id of an account that the version before has made. All instances find the same one, from the
 * random salt in the hash, until the first change of the account stores it.
 */
function idFrom(password: string): string {
  return hash('sha256', password, 'base64url').slice(0, 22);
}

/** null for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
