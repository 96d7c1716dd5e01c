/** Checks names and passwords of users, within limits, and signs up new ones. */
import type { ConcurrencyLimit } from '../limits/concurrency-limit.ts';
import type { Log } from '../log.ts';
import { type Account, type Accounts, hasSamePassword } from './accounts.ts';
import {
  createDecoy,
  type Hashing,
  hashPassword,
  isOutdated,
  isVerifiable,
  verifyPassword,
} from './passwords.ts';
import { type Attempt, isFromKnownAddress, type Throttle, withAddress } from './throttle.ts';

export type Authentication = ReturnType<typeof createAuthentication>;

export interface Client {
  address: string;
  /** Aborted when the client has left: its work is dropped. */
  signal: AbortSignal;
}

/** An answer for the client. */
class TooMany extends Error {
  readonly status = 429;
  readonly expose = true;
  readonly headers: Record<string, string>;

  /** The time is in seconds. */
  constructor(what: string, retryAfter: number) {
    super(`too many ${what}: try again in ${describeWait(retryAfter)}`);
    this.headers = { 'Retry-After': String(retryAfter) };
  }
}

/** From one minute up, in whole minutes, rounded up. */
function describeWait(seconds: number): string {
  const [amount, unit] = seconds < 60 ? [seconds, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

interface Parts {
  accounts: Accounts;
  throttle: Throttle;
  /** Limits how many passwords are hashed at a time. */
  takeTurn: ConcurrencyLimit;
  hashing?: Hashing;
  log: Log;
}

/** All functions throw an answer with 429 or 503 for a client that asks for too much. */
export function createAuthentication({ accounts, throttle, takeTurn, hashing, log }: Parts) {
  const decoy = createDecoy(hashing);

  return { signUp, authenticate };

  /**
   * Returns null when the name is taken, which counts as a guess like a wrong password. A client
   * over a limit gets the same answer for names that are taken and for others.
   */
  async function signUp(name: string, password: string, client: Client): Promise<Account | null> {
    const { address } = client;
    const signUps = await throttle.countSignUp(address);
    if (signUps > 0) throw new TooMany('sign-ups from your address', signUps);
    let account: Account | null = null;
    try {
      account = await tryName(name, password, client);
    } finally {
      if (!account) await throttle.forgiveSignUp(address);
    }
    return account;
  }

  async function tryName(name: string, password: string, client: Client): Promise<Account | null> {
    const { address, signal } = client;
    const guesses = await throttle.countGuess(address);
    if (guesses > 0) throw new TooMany('failed sign-ins and sign-ups', guesses);
    let isTaken = false;
    try {
      const account = await takeTurn(() => create(name, password, address), client);
      isTaken = account === null;
      return account;
    } finally {
      // A client that leaves may have found out that the name is free
      if (!isTaken && !signal.aborted) await throttle.forgiveGuess(address);
    }
  }

  async function create(name: string, password: string, address: string): Promise<Account | null> {
    const found = await accounts.find(name);
    if (found) return (await isUnfinished(found, password)) ? found : null;
    const hash = await hashPassword(password, hashing);
    const addresses = withAddress([], address);
    const account = await accounts.create({ name, password: hash, addresses });
    if (account) log(`Sign-up of ${name} from ${address}`);
    return account;
  }

  /** True for the second try of a sign-up that made the account, but was answered by an error. */
  async function isUnfinished(account: Account, password: string): Promise<boolean> {
    const hadSession = account.sessionsUntil > 0;
    return !hadSession && verifyPassword(password, account.password);
  }

  /**
   * Returns the account with this name and password, or null. Takes the same steps, and as long,
   * whether or not an account has the name.
   */
  async function authenticate(
    name: string,
    password: string,
    client: Client,
  ): Promise<Account | null> {
    const { address } = client;
    const [attempts, account] = await Promise.all([
      throttle.countAttempt(address),
      accounts.find(name),
    ]);
    const attempt = { name, address, account };
    // A name without an account may be a password, typed into the wrong field
    const who = `${account?.name ?? 'an unknown user'} from ${address}`;
    if (attempts > 0) refuse(who, 'sign-ins from your address', attempts);

    // Refuse throttled attempts before they queue for a hash
    const wait = await throttle.check(attempt);
    if (wait > 0) refuse(who, 'failed sign-ins', wait);
    return takeTurn(() => tryPassword(attempt, password, who), client);
  }

  async function tryPassword(
    attempt: Attempt,
    password: string,
    who: string,
  ): Promise<Account | null> {
    const wait = await throttle.count(attempt);
    if (wait > 0) refuse(who, 'failed sign-ins', wait);

    // In the queue's time, the account may have been deleted, and its name taken by another one
    const account = await accounts.find(attempt.name);
    const isRight = await verifyPassword(password, chooseHash(account));
    if (!account || !isRight) {
      log(`Sign-in failed: ${who}`);
      return null;
    }
    await throttle.forgive(attempt);
    log(`Sign-in of ${who}`);
    return refresh(account, attempt.address, password);
  }

  function refuse(who: string, what: string, retryAfter: number): never {
    log(`Sign-in throttled: ${who}`);
    throw new TooMany(what, retryAfter);
  }

  function chooseHash(account: Account | null): string {
    if (!account) return decoy;
    if (isVerifiable(account.password)) return account.password;
    log(`The password of ${account.name} has a hash that this app cannot verify`);
    return decoy;
  }

  /** Stores the address as known, and a new hash of the password if its parameters are outdated. */
  async function refresh(
    account: Account,
    address: string,
    password: string,
  ): Promise<Account | null> {
    const isNewAddress = !isFromKnownAddress({ name: account.name, address, account });
    const newHash = isOutdated(account.password, hashing)
      ? await hashPassword(password, hashing)
      : null;
    if (!isNewAddress && !newHash) return account;
    return accounts.update(account, (current) =>
      hasSamePassword(current, account)
        ? {
            ...current,
            addresses: isNewAddress ? withAddress(current.addresses, address) : current.addresses,
            password: newHash ?? current.password,
          }
        : null,
    );
  }
}
