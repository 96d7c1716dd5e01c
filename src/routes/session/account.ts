/** Signing up, in and out, changing the password, and deleting the account. */
import type { Context, Next } from 'koa';
import type { Account } from '../../accounts/accounts.ts';
import type { Authentication, Client } from '../../accounts/authentication.ts';
import type { Lifecycle } from '../../accounts/lifecycle.ts';
import { normalizePassword } from '../../accounts/passwords.ts';
import { findBrokenPasswordRule, findBrokenRule, findExcess } from '../../accounts/rules.ts';
import type { Instance } from '../../cloudfoundry/instance.ts';
import { clientOf } from '../../http/client.ts';
import { type FormFields, readFields, readText, SMALL_FORM } from '../../http/form.ts';
import type { Log } from '../../log.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { clearCookie, SessionEnded } from '../../sessions/koa-session-store.ts';
import { signedIn } from './signed-in.ts';

/** The same answer for an unknown name and for a wrong password. */
const WRONG = 'the user name or the password is wrong';
/** For users who are signed in under that name. */
const WRONG_PASSWORD = 'the password is wrong';

interface Credentials {
  username: string;
  password: string;
}

interface Parts {
  authentication: Authentication;
  lifecycle: Lifecycle;
  sessions: Sessions;
  signUp: 'open' | 'closed';
  instance: Instance;
  log: Log;
}

export function createAccountHandlers(parts: Parts) {
  const { authentication, lifecycle, sessions, instance, log } = parts;

  return {
    refuseWhenClosed,
    signUp,
    signIn,
    signOut,
    signOutEverywhere,
    changePassword,
    deleteAccount,
  };

  function refuseWhenClosed(ctx: Context, next: Next) {
    ctx.assert(parts.signUp === 'open', 403, 'sign-up is closed (SIGN_UP=closed)');
    return next();
  }

  async function signUp(ctx: Context) {
    const { username, password } = await readCredentials(ctx);
    const brokenRule = findBrokenRule(username, password);
    if (brokenRule) ctx.throw(400, brokenRule);
    const client = clientOf(ctx);
    const account = await authentication.signUp(username, password, client);
    ctx.assert(account, 409, 'the user name is taken');

    try {
      await startSession(ctx, account);
    } catch (error) {
      // The answer is an error, so the name is to be free again, if Redis can
      await lifecycle.abandon(account, client.address).catch(() => {});
      throw error;
    }
    ctx.status = 201;
    ctx.body = { user: username };
  }

  async function signIn(ctx: Context) {
    const account = await authenticate(ctx, await readCredentials(ctx), clientOf(ctx));
    await startSession(ctx, account);
    ctx.body = { user: account.name };
  }

  /** Answers 200 also when nobody is signed in. */
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

  /** Ends all sessions of the account but the one that asks, which goes on under a new id. */
  async function changePassword(ctx: Context) {
    const { credentials, newPassword } = await readPasswordChange(ctx);
    const brokenRule = findBrokenPasswordRule(credentials.username, newPassword);
    if (brokenRule) ctx.throw(400, brokenRule);
    const isOld = normalizePassword(newPassword) === normalizePassword(credentials.password);
    ctx.assert(!isOld, 400, 'the new password is the old one');
    const client = clientOf(ctx);
    const account = await authenticate(ctx, credentials, client);

    const own = ownHandle(ctx, account);
    const ended = await lifecycle.changePassword(account, newPassword, client, own);
    ctx.assert(ended !== null, 401, WRONG);
    if (own) await ctx.session.regenerate();
    ctx.body = { user: account.name, ended };
  }

  async function deleteAccount(ctx: Context) {
    const client = clientOf(ctx);
    const fields = await readFields(ctx, SMALL_FORM);
    const account = await authenticate(ctx, takeOwnCredentials(ctx, fields), client);
    const own = ownHandle(ctx, account);
    ctx.assert(await lifecycle.remove(account, client.address, own), 401, WRONG);
    if (own) clearCookie(ctx);
    ctx.body = { deleted: account.name };
  }

  /** Throws 401 when no account has this name and password. */
  async function authenticate(
    ctx: Context,
    { username, password }: Credentials,
    client: Client,
  ): Promise<Account> {
    const account = await authentication.authenticate(username, password, client);
    ctx.assert(account, 401, username === ctx.session.user ? WRONG_PASSWORD : WRONG);
    return account;
  }

  /** Begins a session under a new id, and ends the one that the request came with. */
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
}

/** Throws 400 for a field that is missing or too long. */
async function readCredentials(ctx: Context): Promise<Credentials> {
  return takeCredentials(ctx, await readFields(ctx, SMALL_FORM));
}

/** Throws 400 as readCredentials does. */
async function readPasswordChange(ctx: Context) {
  const fields = await readFields(ctx, SMALL_FORM);
  const credentials = takeOwnCredentials(ctx, fields);
  const newPassword = takeText(ctx, fields, 'new-password');
  refuseExcess(ctx, credentials.username, newPassword);
  return { credentials, newPassword };
}

/** A user who is signed in can leave the name out. */
function takeOwnCredentials(ctx: Context, fields: FormFields): Credentials {
  const { user } = ctx.session;
  if (user && !fields.has('username')) fields.set('username', Buffer.from(user));
  return takeCredentials(ctx, fields);
}

function takeCredentials(ctx: Context, fields: FormFields): Credentials {
  // For the form, which is shown again after an error
  ctx.state.username = readText(ctx, fields, 'username');
  const username = takeText(ctx, fields, 'username');
  const password = takeText(ctx, fields, 'password');
  refuseExcess(ctx, username, password);
  return { username, password };
}

function takeText(ctx: Context, fields: FormFields, name: string): string {
  const text = readText(ctx, fields, name);
  ctx.assert(text, 400, `${name} field missing`);
  return text;
}

function refuseExcess(ctx: Context, name: string, password: string): void {
  const excess = findExcess(name, password);
  if (excess) ctx.throw(400, excess);
}

/** Returns the handle of the request's session, if it is one of the account's. */
function ownHandle(ctx: Context, account: Account): string | undefined {
  return ctx.session.account === account.id ? ctx.session._handle : undefined;
}
