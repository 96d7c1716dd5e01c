/** Signing up and in: who may, and who is told what. */
import type { Log } from '../log.ts';
import type { Turnstile } from '../turnstile.ts';
import type { Account, Accounts } from './accounts.ts';
import {
  createDecoy,
  hashPassword,
  isOutdated,
  isVerifiable,
  verifyPassword,
} from './passwords.ts';
import { type Attempt, isFromKnownAddress, type Throttle, withAddress } from './throttle.ts';

export type SignIn = ReturnType<typeof createSignIn>;

export type Verdict =
  | { outcome: 'right'; user: string }
  | { outcome: 'wrong' }
  | { outcome: 'throttled'; retryAfter: number }; // seconds

interface Parts {
  accounts: Accounts;
  throttle: Throttle;
  /** How many passwords are hashed at a time: each takes 32 or 46 MiB. */
  takeTurn: Turnstile;
  log: Log;
}

export function createSignIn({ accounts, throttle, takeTurn, log }: Parts) {
  const decoy = createDecoy();

  return { signUp, signIn, remove };

  /** Returns false when the name is taken. */
  async function signUp(name: string, password: string, address: string): Promise<boolean> {
    if (await accounts.find(name)) return false;

    const hash = await takeTurn(() => hashPassword(password));
    const addresses = withAddress([], address);
    const isCreated = await accounts.create({ name, password: hash, addresses });
    if (isCreated) log(`Sign-up of ${name} from ${address}`);
    return isCreated;
  }

  /** What it does, and how long it takes, tells nobody whether there is such an account. */
  async function signIn(name: string, password: string, address: string): Promise<Verdict> {
    const attempt = { name, address, account: await accounts.find(name) };
    // The name of no account may be a password that was typed into the wrong field
    const who = `${attempt.account?.name ?? 'an unknown user'} from ${address}`;

    // Whoever is refused anyway does not wait for those who are not
    const wait = await throttle.check(attempt);
    if (wait > 0) return refuse(who, wait);

    return takeTurn(async () => {
      const retryAfter = await throttle.count(attempt);
      if (retryAfter > 0) return refuse(who, retryAfter);

      // Its owner may have deleted it while this waited, and somebody else have taken the name
      const account = await accounts.find(name);
      const isRight = await verifyPassword(password, chooseHash(account));
      if (!account || !isRight) {
        log(`Sign-in failed: ${who}`);
        return { outcome: 'wrong' };
      }
      await throttle.forgive(attempt);
      await refresh({ ...attempt, account }, password);
      log(`Sign-in of ${who}`);
      return { outcome: 'right', user: account.name };
    });
  }

  /** For whoever has just signed in: the name is free again. */
  async function remove(user: string): Promise<void> {
    await accounts.remove(user);
    await throttle.forget(user);
    log(`The account of ${user} is deleted`);
  }

  function refuse(who: string, retryAfter: number): Verdict {
    log(`Sign-in throttled: ${who}`);
    return { outcome: 'throttled', retryAfter };
  }

  function chooseHash(account: Account | null): string {
    if (!account) return decoy;
    if (isVerifiable(account.password)) return account.password;
    log(`The password of ${account.name} was hashed by a newer Node.js: run the app on that one`);
    return decoy;
  }

  /** Keeps what a successful sign-in tells: a new address, and the password for a better hash. */
  async function refresh(attempt: Attempt, password: string): Promise<void> {
    const account = { ...attempt.account! };
    const isNewAddress = !isFromKnownAddress(attempt);
    const isOldHash = isOutdated(account.password);
    if (isNewAddress) account.addresses = withAddress(account.addresses, attempt.address);
    if (isOldHash) account.password = await hashPassword(password);
    if (isNewAddress || isOldHash) await accounts.replace(attempt.account!, account);
  }
}
