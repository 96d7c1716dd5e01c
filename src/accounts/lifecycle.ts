/** An account and its sessions: no session outlives its account, or a change of its password. */
import type { Log } from '../log.ts';
import type { Clock } from '../redis/clock.ts';
import type { Sessions, Timeouts } from '../sessions/sessions.ts';
import type { ConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { type Account, type Accounts, hasSamePassword } from './accounts.ts';
import type { Client } from './authentication.ts';
import { type Hashing, hashPassword } from './passwords.ts';
import type { Throttle } from './throttle.ts';

export type Lifecycle = ReturnType<typeof createLifecycle>;

interface Parts {
  accounts: Accounts;
  sessions: Sessions;
  throttle: Throttle;
  takeTurn: ConcurrencyLimit;
  hashing?: Hashing;
  timeouts: Timeouts;
  clock: Clock;
  log: Log;
}

/**
 * All functions take an account in the state in which its password was right. They leave another
 * account alone that has got its name since. `own` is the handle of the session that sent the
 * request, if it is one of the account's.
 *
 * A deletion and a change of password end the sessions twice: before they change the account, so that
 * a failure can be tried again, and after it, for the sessions of sign-ins in between. A sign-in reads
 * the account again after its session has begun. So one of the two ends that session, in any order.
 */
export function createLifecycle(parts: Parts) {
  const { accounts, sessions, throttle, takeTurn, hashing, timeouts, clock, log } = parts;

  return { begin, changePassword, remove, abandon };

  /**
   * Begins a session by `start`, which gets the time at which the last earlier session ends and
   * returns the handle of the new one. Returns false, and leaves no session, when the account is gone
   * or has another password.
   */
  async function begin(
    account: Account,
    start: (othersUntil: number) => Promise<string>,
  ): Promise<boolean> {
    const endsAt = clock.now() + timeouts.absolute;
    let othersUntil = 0;
    const noted = await accounts.update(account, (current) => {
      othersUntil = current.sessionsUntil;
      return { ...current, sessionsUntil: Math.max(othersUntil, endsAt) };
    });
    if (!noted) return false;

    const handle = await start(othersUntil);
    const current = await accounts.find(account.name);
    if (current?.id === account.id && hasSamePassword(current, account)) return true;
    await sessions.end(account.id, handle);
    return false;
  }

  /**
   * Ends all sessions but `own`, and returns their number; null when the account is gone or has
   * another password.
   */
  async function changePassword(
    account: Account,
    newPassword: string,
    client: Client,
    own?: string,
  ): Promise<number | null> {
    const password = await takeTurn(() => hashPassword(newPassword, hashing), client);
    const before = await sessions.endAll(account.id, {
      known: own,
      except: own,
      until: account.sessionsUntil,
    });
    const changed = await accounts.update(account, (current) =>
      hasSamePassword(current, account)
        ? { ...current, password, passwordChangedAt: Date.now() }
        : null,
    );
    if (!changed) return null;
    log(`The password of ${account.name} is changed`);
    const until = changed.sessionsUntil;
    return before + (await sessions.endAll(account.id, { except: own, until }));
  }

  /** Deletes the account, which frees its name. Returns false when it is gone. */
  async function remove(account: Account, address: string, own?: string): Promise<boolean> {
    await sessions.endAll(account.id, { known: own, until: account.sessionsUntil });
    const removed = await accounts.remove(account);
    if (!removed) return false;
    await sessions.endAll(account.id, { until: removed.sessionsUntil });
    await sessions.forget(account.id);
    await throttle.giveBack(account, address);
    log(`The account of ${account.name} is deleted`);
    return true;
  }

  /** After a sign-up that failed: frees the name, even where no replica confirms the end of sessions. */
  async function abandon(account: Account, address: string): Promise<void> {
    await accounts.remove(account);
    await throttle.giveBack(account, address);
    await sessions.endAll(account.id);
    await sessions.forget(account.id);
  }
}
