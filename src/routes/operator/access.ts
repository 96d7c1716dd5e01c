/** Who is the operator: the cookie, signing in and out, and the password again before what is dangerous. */
import type { Context } from 'koa';
import { type FormFields, readFields, readText, SMALL_FORM } from '../../http/form.ts';
import type { Log } from '../../log.ts';
import type { OperatorSession, SignIns } from '../../operator/sign-ins.ts';
import * as texts from '../../operator/texts.ts';

/** `path` is where browsers send the cookie. */
export function createAccess(signIns: SignIns, path: '/' | '/operator', log: Log) {
  return { find, require, askPassword, signIn, me, signOut, signOutEverywhere };

  /** Returns null when the request is not the operator's. Restarts the idle timeout. */
  async function find(ctx: Context): Promise<OperatorSession | null> {
    const id = readCookie(ctx);
    return id ? signIns.find(id) : null;
  }

  /** Throws 401 for anybody but the operator. */
  async function require(ctx: Context): Promise<void> {
    ctx.state.operator = await find(ctx);
    if (!ctx.state.operator && readCookie(ctx)) writeCookie(ctx, null);
    ctx.assert(ctx.state.operator, 401, texts.SIGN_IN_FIRST);
  }

  /** Throws 400, 401 or 429 unless the fields hold the password. */
  async function askPassword(ctx: Context, fields: FormFields): Promise<void> {
    const guess = readText(ctx, fields, 'password');
    ctx.assert(guess, 400, texts.PASSWORD_MISSING);
    const wait = await signIns.check(guess, ctx.ip);
    const headers = { 'Retry-After': String(wait) };
    ctx.assert(wait <= 0, 429, texts.tooManyGuesses(wait), { headers });
    ctx.assert(wait === 0, 401, texts.PASSWORD_WRONG);
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
