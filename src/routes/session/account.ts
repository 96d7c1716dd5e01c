/** Signing up, in and out, and the end of an account. */
import type { Context, Next } from 'koa';
import { findBrokenRule } from '../../accounts/rules.ts';
import type { SignIn } from '../../accounts/sign-in.ts';
import type { Instance } from '../../cloudfoundry/instance.ts';
import type { Log } from '../../log.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { clearCookie } from '../../sessions/store.ts';
import { readFields, readText } from '../fields.ts';
import { signedIn, startSession } from './signed-in.ts';

/** Of a whole form, each byte of it escaped. */
const CREDENTIALS_LIMIT = 16 * 1024; // bytes

interface Parts {
  accounts: SignIn;
  sessions: Sessions;
  isSignUpOpen: boolean;
  instance: Instance;
  log: Log;
}

export function createAccountHandlers(parts: Parts) {
  const { accounts, sessions, isSignUpOpen, instance, log } = parts;

  return { refuseWhenClosed, signUp, signIn, signOut, signOutEverywhere, deleteAccount };

  async function signUp(ctx: Context) {
    const { username, password } = await readCredentials(ctx);
    const brokenRule = findBrokenRule(username, password);
    if (brokenRule) ctx.throw(400, brokenRule);
    ctx.assert(await accounts.signUp(username, password, ctx.ip), 409, 'the user name is taken');

    await startSession(ctx, username, instance);
    ctx.status = 201;
    ctx.body = { user: username };
  }

  async function signIn(ctx: Context) {
    const user = await prove(ctx);
    await startSession(ctx, user, instance);
    ctx.body = { user };
  }

  /** To be signed out already is no failure. */
  async function signOut(ctx: Context) {
    const { user, _handle } = ctx.session;
    const ended = user ? await sessions.end(user, _handle) : 0;
    clearCookie(ctx);
    if (ended) log(`Sign-out of ${user}`);
    ctx.body = { ended };
  }

  async function signOutEverywhere(ctx: Context) {
    const { user, _handle } = signedIn(ctx);
    const ended = await sessions.endAll(user, _handle);
    clearCookie(ctx);
    log(`Sign-out of ${user} everywhere, sessions ended: ${ended}`);
    ctx.body = { ended };
  }

  /**
   * Sessions end before the account, so that what fails until then can be tried again; and once more
   * after it, because of sign-ins meanwhile. One whose password was right a moment before may still
   * begin a session afterwards, which its timeouts end.
   */
  async function deleteAccount(ctx: Context) {
    const user = await prove(ctx);
    const isOwn = ctx.session.user === user;
    await sessions.endAll(user, isOwn ? ctx.session._handle : undefined);
    await accounts.remove(user);
    await sessions.endAll(user);
    if (isOwn) clearCookie(ctx);
    ctx.body = { deleted: user };
  }

  /** Whose name and password they are; throws 401 when they are nobody's. */
  async function prove(ctx: Context): Promise<string> {
    const { username, password } = await readCredentials(ctx);
    const verdict = await accounts.signIn(username, password, ctx.ip);
    if (verdict.outcome === 'throttled') return refuseForNow(ctx, verdict.retryAfter);
    // One answer to a name that does not exist and to a password that is wrong
    ctx.assert(verdict.outcome === 'right', 401, 'the user name or the password is wrong');
    return verdict.user;
  }

  function refuseWhenClosed(ctx: Context, next: Next) {
    ctx.assert(isSignUpOpen, 403, 'sign-up is closed (SIGN_UP=closed)');
    return next();
  }
}

async function readCredentials(ctx: Context) {
  const fields = await readFields(ctx, CREDENTIALS_LIMIT);
  const username = readText(ctx, fields, 'username');
  ctx.state.username = username;
  ctx.assert(username, 400, 'username field missing');
  const password = readText(ctx, fields, 'password');
  ctx.assert(password, 400, 'password field missing');
  return { username, password };
}

function refuseForNow(ctx: Context, retryAfter: number): never {
  return ctx.throw(429, `too many failed sign-ins: try again in ${retryAfter} seconds`, {
    headers: { 'Retry-After': String(retryAfter) },
  });
}
