/** Accounts, as Redis holds them. */
import type { RedisClient } from '../redis/client.ts';
import { accountKey } from '../redis/names.ts';

export interface Account {
  /** As its owner wrote it at sign-up. */
  name: string;
  /** A hash, as a PHC string. */
  password: string;
  /** Hashes of the addresses from which its owner has signed in, the latest first. */
  addresses: string[];
}

const REPLACE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
end`;

export type Accounts = ReturnType<typeof createAccounts>;

/** Names that differ only in case, or in how their characters are put together, are the same. */
export function createAccounts(redis: RedisClient) {
  return { find, create, replace, remove };

  async function find(name: string): Promise<Account | null> {
    const text = await redis.get(keyOf(name));
    return text === null ? null : (JSON.parse(text) as Account);
  }

  /** Returns false when the name is taken. */
  async function create(account: Account): Promise<boolean> {
    return (await redis.set(keyOf(account.name), JSON.stringify(account), 'NX')) !== null;
  }

  /** Stores what has changed of an account, if it is still the one that was found. */
  async function replace(found: Account, account: Account): Promise<void> {
    const texts = [found, account].map((each) => JSON.stringify(each));
    await redis.eval(REPLACE, 1, keyOf(account.name), ...texts);
  }

  async function remove(name: string): Promise<void> {
    await redis.del(keyOf(name));
  }
}

/** What stands for a name wherever two of them are compared. */
export function canonicalName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function keyOf(name: string): string {
  return accountKey(canonicalName(name));
}
