/** An account and its sessions: no session outlives its account, or a change of its password. */
import type { Log } from '../log.ts';
import type { Clock } from '../redis/clock.ts';
import type { Sessions, Timeouts } from '../sessions/sessions.ts';
import type { ConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { type Account, type Accounts, hasSamePassword } from './accounts.ts';
import { hashPassword } from './passwords.ts';
import type { Client } from './sign-in.ts';
import type { Throttle } from './throttle.ts';

export type Lifecycle = ReturnType<typeof createLifecycle>;

interface Parts {
  accounts: Accounts;
  sessions: Sessions;
  throttle: Throttle;
  takeTurn: ConcurrencyLimit;
  timeouts: Timeouts;
  clock: Clock;
  log: Log;
}

/**
 * All functions take an account as it was when its password was proved. Since then it may have been
 * deleted, and another account have its name: that one is left alone. `own` is the handle of the
 * account's session from which the request came, if it came from one.
 *
 * Sessions end before a change of their account, so that what fails until then can be tried again;
 * and once more after it, because of sign-ins meanwhile. A sign-in looks at the account once more
 * when its session is there to be found. So one of the two ends the session, in whatever order.
 */
export function createLifecycle(parts: Parts) {
  const { accounts, sessions, throttle, takeTurn, timeouts, clock, log } = parts;

  return { begin, changePassword, remove, undoSignUp };

  /**
   * Begins a session: `start` does that, and returns its handle. It is told when the last of the
   * earlier sessions ends. Returns false when the account is gone or has another password: then
   * there is no session.
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
   * Ends all sessions but the own one, and returns how many there were. Returns null when the
   * account is gone or has another password.
   */
  async function changePassword(
    account: Account,
    newPassword: string,
    client: Client,
    own?: string,
  ): Promise<number | null> {
    const password = await takeTurn(() => hashPassword(newPassword), client);
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

  /** Makes the name free. Returns false when the account is gone. */
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

  /** Makes the name free again, as far as Redis lets it, for who was not told of the account. */
  async function undoSignUp(account: Account, address: string): Promise<void> {
    await remove(account, address).catch(() => {});
  }
}
