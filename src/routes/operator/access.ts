/** Who is the operator: the cookie, signing in and out, and the password again before what is dangerous. */
import type { Context } from 'koa';
import { signalClientLeft } from '../../http/client.ts';
import { retryAfter } from '../../http/errors.ts';
import { type FormFields, readFields, readText, SMALL_FORM } from '../../http/form.ts';
import type { Log } from '../../log.ts';
import type { OperatorSession, SignIns } from '../../operator/sign-ins.ts';
import * as texts from '../../operator/sentences.ts';

/** `path` is where browsers send the cookie. */
export function createAccess(signIns: SignIns, path: '/' | '/operator', log: Log) {
  return { isOperator, require, untilEnd, askPassword, signIn, me, signOut, signOutEverywhere };

  /**
   * Returns whether the request has a session of the operator, whose idle timeout it restarts. A GET
   * may have the password instead, as HTTP Basic authentication: scrapers of metrics keep no cookie.
   * Throws 401 or 429 for a wrong password. No answer asks for it by WWW-Authenticate, which would
   * make browsers ask their user for it, and then send it by themselves.
   */
  async function isOperator(ctx: Context): Promise<boolean> {
    const guess = ctx.method === 'GET' ? readBasicPassword(ctx) : null;
    if (guess === null) return (await find(ctx)) !== null;
    refuseWrong(ctx, await signIns.checkOften(guess, ctx.ip));
    return true;
  }

  /** Throws 401 for anybody but the operator. */
  async function require(ctx: Context): Promise<void> {
    const session = await find(ctx);
    if (!session && readCookie(ctx)) writeCookie(ctx, null);
    ctx.assert(session, 401, texts.SIGN_IN_FIRST);
  }

  async function find(ctx: Context): Promise<OperatorSession | null> {
    const id = readCookie(ctx);
    ctx.state.operator = id ? await signIns.find(id) : null;
    return ctx.state.operator;
  }

  /** See LineParts. A request without a session ends with its client. */
  function untilEnd(ctx: Context, renews = false): AbortSignal {
    const session = ctx.state.operator as OperatorSession | null;
    const left = signalClientLeft(ctx);
    return session ? AbortSignal.any([left, signIns.untilEnd(session, left, renews)]) : left;
  }

  /** Throws 400, 401 or 429 unless the fields hold the password. */
  async function askPassword(ctx: Context, fields: FormFields): Promise<void> {
    const guess = readText(ctx, fields, 'password');
    ctx.assert(guess, 400, texts.PASSWORD_MISSING);
    refuseWrong(ctx, await signIns.check(guess, ctx.ip));
  }

  async function signIn(ctx: Context) {
    await askPassword(ctx, await readFields(ctx, SMALL_FORM));
    const id = await signIns.begin();
    const earlier = readCookie(ctx);
    if (earlier) await signIns.end(earlier);
    writeCookie(ctx, id);
    log(`Sign-in of the operator from ${ctx.ip}`);
    ctx.body = { operator: true };
  }

  function me(ctx: Context) {
    const { startedAt, expiresAt } = ctx.state.operator as OperatorSession;
    ctx.body = { signedInAt: new Date(startedAt), expiresAt: new Date(expiresAt) };
  }

  async function signOut(ctx: Context) {
    const ended = await signIns.end(readCookie(ctx)!);
    writeCookie(ctx, null);
    ctx.body = { ended };
  }

  async function signOutEverywhere(ctx: Context) {
    const ended = await signIns.endAll();
    writeCookie(ctx, null);
    log(`Sign-out of the operator everywhere, sessions ended: ${ended}`);
    ctx.body = { ended };
  }

  function readCookie(ctx: Context): string | undefined {
    return ctx.cookies.get(nameCookie(ctx), { signed: false });
  }

  function writeCookie(ctx: Context, id: string | null): void {
    ctx.cookies.set(nameCookie(ctx), id, { path, sameSite: 'strict', signed: false });
  }

  /** Over HTTPS, browsers accept these prefixes only with `Secure`, and the first only with the path `/`. */
  function nameCookie(ctx: Context): string {
    if (!ctx.secure) return 'operator';
    return path === '/' ? '__Host-operator' : '__Secure-operator';
  }
}

/** `wait` is what signIns.check has returned. */
function refuseWrong(ctx: Context, wait: number): void {
  ctx.assert(wait <= 0, 429, texts.tooManyGuesses(wait), retryAfter(wait));
  ctx.assert(wait === 0, 401, texts.PASSWORD_WRONG);
}

/** Returns the password of HTTP Basic authentication as the user `operator`; null without one. */
function readBasicPassword(ctx: Context): string | null {
  const [, encoded = ''] = /^Basic ([\w+/]+=*)$/i.exec(ctx.get('Authorization')) ?? [];
  return /^operator:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1] ?? null;
}
