/** Signing up, in and out, another password, and the end of an account. */
import type { Context, Next } from 'koa';
import type { Account } from '../../accounts/accounts.ts';
import type { Lifecycle } from '../../accounts/lifecycle.ts';
import { normalizePassword } from '../../accounts/passwords.ts';
import { findBrokenPasswordRule, findBrokenRule } from '../../accounts/rules.ts';
import type { Client, SignIn } from '../../accounts/sign-in.ts';
import type { Instance } from '../../cloudfoundry/instance.ts';
import type { Log } from '../../log.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { clearCookie, SessionEnded } from '../../sessions/store.ts';
import { clientOf, type Credentials, readCredentials, readPasswordChange } from './credentials.ts';
import { signedIn } from './signed-in.ts';

/** One answer to a name that does not exist and to a password that is wrong. */
const WRONG = 'the user name or the password is wrong';

interface Parts {
  accounts: SignIn;
  lifecycle: Lifecycle;
  sessions: Sessions;
  isSignUpOpen: boolean;
  instance: Instance;
  log: Log;
}

export function createAccountHandlers(parts: Parts) {
  const { accounts, lifecycle, sessions, isSignUpOpen, instance, log } = parts;

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
    const account = await accounts.signUp(username, password, client);
    ctx.assert(account, 409, 'the user name is taken');

    try {
      await startSession(ctx, account);
    } catch (error) {
      await lifecycle.undoSignUp(account, client.address);
      throw error;
    }
    ctx.status = 201;
    ctx.body = { user: username };
  }

  async function signIn(ctx: Context) {
    const account = await prove(ctx, await readCredentials(ctx), clientOf(ctx));
    await startSession(ctx, account);
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
    const { credentials, newPassword } = await readPasswordChange(ctx);
    const brokenRule = findBrokenPasswordRule(credentials.username, newPassword);
    if (brokenRule) ctx.throw(400, brokenRule);
    const isOld = normalizePassword(newPassword) === normalizePassword(credentials.password);
    ctx.assert(!isOld, 400, 'the new password is the old one');
    const client = clientOf(ctx);
    const account = await prove(ctx, credentials, client);

    const own = ownHandle(ctx, account);
    const ended = await lifecycle.changePassword(account, newPassword, client, own);
    ctx.assert(ended !== null, 401, WRONG);
    if (own) await ctx.session.regenerate();
    ctx.body = { user: account.name, ended };
  }

  async function deleteAccount(ctx: Context) {
    const client = clientOf(ctx);
    const account = await prove(ctx, await readCredentials(ctx), client);
    const own = ownHandle(ctx, account);
    ctx.assert(await lifecycle.remove(account, client.address, own), 401, WRONG);
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

  /** Begins a session under a new id; the one that the request came with ends. */
  async function startSession(ctx: Context, account: Account) {
    const isBegun = await lifecycle.begin(account, async (othersUntil) => {
      const signedInBy = `${instance.index}/${instance.guid}`;
      ctx.session = { user: account.name, account: account.id, signedInBy };
      ctx.session._othersUntil = othersUntil;
      await ctx.session.regenerate();
      return ctx.session._handle;
    });
    if (isBegun) return;
    clearCookie(ctx);
    throw new SessionEnded('the account was deleted or its password changed: sign in again');
  }

  function ownHandle(ctx: Context, account: Account): string | undefined {
    return ctx.session.account === account.id ? ctx.session._handle : undefined;
  }

  function refuseWhenClosed(ctx: Context, next: Next) {
    ctx.assert(isSignUpOpen, 403, 'sign-up is closed (SIGN_UP=closed)');
    return next();
  }
}
