/** Signing up, in and out, another password, and the end of an account. */
import type { Context, Next } from 'koa';
import type { Account } from '../../accounts/accounts.ts';
import { findBrokenPasswordRule, findBrokenRule } from '../../accounts/rules.ts';
import type { Client, SignIn } from '../../accounts/sign-in.ts';
import type { Instance } from '../../cloudfoundry/instance.ts';
import type { Log } from '../../log.ts';
import type { Clock } from '../../redis/clock.ts';
import type { EndAll, Sessions, Timeouts } from '../../sessions/sessions.ts';
import { clearCookie, SessionEnded } from '../../sessions/store.ts';
import { clientOf, type Credentials, readCredentials, readPasswordChange } from './credentials.ts';
import { signedIn } from './signed-in.ts';

/** One answer to a name that does not exist and to a password that is wrong. */
const WRONG = 'the user name or the password is wrong';

interface Parts {
  accounts: SignIn;
  sessions: Sessions;
  isSignUpOpen: boolean;
  instance: Instance;
  timeouts: Timeouts;
  clock: Clock;
  log: Log;
}

export function createAccountHandlers(parts: Parts) {
  const { accounts, sessions, isSignUpOpen, instance, timeouts, clock, log } = parts;

  return {
    refuseWhenClosed,
    signUp,
    signIn,
    signOut,
    signOutEverywhere,
    changePassword,
    deleteAccount,
  };

  async function signUp(ctx: Context) {
    const { username, password } = await readCredentials(ctx);
    const brokenRule = findBrokenRule(username, password);
    if (brokenRule) ctx.throw(400, brokenRule);
    const client = clientOf(ctx);
    const account = await accounts.signUp(username, password, client, latestEnd());
    ctx.assert(account, 409, 'the user name is taken');

    try {
      await startSession(ctx, account, 0);
    } catch (error) {
      // The user was not told of the account, and would find the name taken
      await undoSignUp(account, client);
      throw error;
    }
    ctx.status = 201;
    ctx.body = { user: username };
  }

  /** As far as Redis lets it. */
  async function undoSignUp(account: Account, client: Client) {
    await Promise.allSettled([
      accounts.remove(account, client),
      sessions.endAll(account.id, { until: 0 }),
    ]);
    await sessions.forget(account.id).catch(() => {});
  }

  async function signIn(ctx: Context) {
    const account = await prove(ctx, await readCredentials(ctx), clientOf(ctx));
    ctx.assert(await accounts.beginSession(account, latestEnd()), 401, WRONG);
    await startSession(ctx, account, account.sessionsUntil);
    ctx.body = { user: account.name };
  }

  /** To be signed out already is no failure. */
  async function signOut(ctx: Context) {
    const { user, account, _handle } = ctx.session;
    const ended = user ? await sessions.end(account, _handle) : 0;
    clearCookie(ctx);
    if (ended) log(`Sign-out of ${user}`);
    ctx.body = { ended };
  }

  async function signOutEverywhere(ctx: Context) {
    const { user, account, _handle } = signedIn(ctx);
    const ended = await sessions.endAll(account, { known: _handle });
    clearCookie(ctx);
    log(`Sign-out of ${user} everywhere, sessions ended: ${ended}`);
    ctx.body = { ended };
  }

  /** The session that asks goes on under a new id, if it is the account's; all others end. */
  async function changePassword(ctx: Context) {
    const { newPassword, ...credentials } = await readPasswordChange(ctx);
    const brokenRule = findBrokenPasswordRule(credentials.username, newPassword);
    if (brokenRule) ctx.throw(400, brokenRule);
    ctx.assert(newPassword !== credentials.password, 400, 'the new password is the old one');
    const client = clientOf(ctx);
    const account = await prove(ctx, credentials, client);

    const own = ownHandle(ctx, account);
    const ended = await endSessionsAround(account, { known: own, except: own }, async () => {
      ctx.assert(await accounts.changePassword(account, newPassword, client), 401, WRONG);
    });
    if (own) await ctx.session.regenerate();
    ctx.body = { user: account.name, ended };
  }

  async function deleteAccount(ctx: Context) {
    const client = clientOf(ctx);
    const account = await prove(ctx, await readCredentials(ctx), client);
    const own = ownHandle(ctx, account);
    await endSessionsAround(account, { known: own }, async () => {
      ctx.assert(await accounts.remove(account, client), 401, WRONG);
    });
    await sessions.forget(account.id);
    if (own) clearCookie(ctx);
    ctx.body = { deleted: account.name };
  }

  /** Throws 401 when it is no account's name and password. */
  async function prove(
    ctx: Context,
    { username, password }: Credentials,
    client: Client,
  ): Promise<Account> {
    const account = await accounts.prove(username, password, client);
    ctx.assert(account, 401, WRONG);
    return account;
  }

  /**
   * Begins a session under a new id; the one that the request came with ends. Throws 401 when the
   * account was deleted, or got another password, before the session was there to be ended.
   */
  async function startSession(ctx: Context, account: Account, othersUntil: number) {
    const signedInBy = `${instance.index}/${instance.guid}`;
    ctx.session = { user: account.name, account: account.id, signedInBy };
    ctx.session._othersUntil = othersUntil;
    await ctx.session.regenerate();
    if (await accounts.isAsProved(account)) return;

    await sessions.end(account.id, ctx.session._handle);
    clearCookie(ctx);
    throw new SessionEnded('the account was changed or deleted meanwhile: sign in again');
  }

  /**
   * Ends sessions before a change of their account, so that what fails until then can be tried
   * again; and after it, because of sign-ins meanwhile. Returns how many there were.
   */
  async function endSessionsAround(account: Account, which: EndAll, change: () => Promise<void>) {
    const all = { ...which, until: account.sessionsUntil };
    const before = await sessions.endAll(account.id, all);
    await change();
    return before + (await sessions.endAll(account.id, { except: which.except, until: 0 }));
  }

  function ownHandle(ctx: Context, account: Account): string | undefined {
    return ctx.session.account === account.id ? ctx.session._handle : undefined;
  }

  /** When a session that begins now ends at the latest. */
  function latestEnd(): number {
    return clock.now() + timeouts.absolute;
  }

  function refuseWhenClosed(ctx: Context, next: Next) {
    ctx.assert(isSignUpOpen, 403, 'sign-up is closed (SIGN_UP=closed)');
    return next();
  }
}
