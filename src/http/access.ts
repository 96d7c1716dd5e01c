/** Restricts keys and diagnostics to those whom the operator allows (KEYS, DIAGNOSTICS). */
import type { Context, Middleware, Next } from 'koa';
import { refuseOtherSites } from './same-origin.ts';

/** The clients that may use the key routes. */
export type KeyAccess = 'open' | 'signed-in' | 'closed';
/** The clients that may read about the app, its instances and its Redis. */
export type DiagnosticsAccess = 'open' | 'operator' | 'closed';

const KEYS_CLOSED = 'the key routes are closed here (KEYS=closed)';
const KEYS_FOR_USERS =
  'keys are for signed-in users here (KEYS=signed-in): sign in with POST /session/sign-in, and send the cookie of its answer';

const DIAGNOSTICS_CLOSED = 'this is closed to the public (DIAGNOSTICS=closed)';
const DIAGNOSTICS_FOR_OPERATOR =
  'this is for the operator alone (DIAGNOSTICS=operator): sign in with POST /operator/sign-in, and send the cookie of its answer; or curl -u operator';
const NO_OPERATOR =
  'this is for the operator alone (DIAGNOSTICS=operator), who needs a password: cf set-env APP OPERATOR_PASSWORD …, and cf restart APP';

/** Serves a request with `next` if it is the operator's; otherwise returns false. */
export type AsOperator = (ctx: Context, next: Next) => Promise<boolean>;

/** In any letter case, as koa-router matches paths. */
const DIAGNOSTICS = /^\/(status\/metrics$|(instances|config|tls)\/)/i;

/** Mount it before the routes that show keys. Throws 403 when the client may not use them. */
export function restrictKeys(
  keys: Exclude<KeyAccess, 'open'>,
  loadSession: Middleware,
): Middleware {
  return (ctx: Context, next: Next) => {
    if (!isKey(ctx.path)) return next();
    ctx.assert(keys === 'signed-in', 403, KEYS_CLOSED);
    refuseOtherSites(ctx);
    return loadSession(ctx, () => {
      ctx.assert(ctx.session.user, 403, KEYS_FOR_USERS);
      return next();
    });
  };
}

/**
 * Mount it before all routes that describe the app, its instances or its Redis: throws 403 for those.
 * Liveness, readiness and the page stay open. `asOperator` is null where nobody can sign in as the
 * operator.
 */
export function restrictDiagnostics(
  diagnostics: Exclude<DiagnosticsAccess, 'open'>,
  asOperator: AsOperator | null,
): Middleware {
  return async (ctx: Context, next: Next) => {
    if (ctx.path === '/') ctx.vary('Accept');
    if (!isDiagnostics(ctx)) return next();
    ctx.assert(diagnostics === 'operator', 403, DIAGNOSTICS_CLOSED);
    ctx.assert(asOperator, 403, NO_OPERATOR);
    refuseOtherSites(ctx);
    ctx.assert(await asOperator(ctx, next), 403, DIAGNOSTICS_FOR_OPERATOR);
  };
}

function isDiagnostics(ctx: Context): boolean {
  return DIAGNOSTICS.test(ctx.path) || (ctx.path === '/' && !wantsPage(ctx));
}

/** True for `/:key` and `/tls/:version/:key`. */
function isKey(path: string): boolean {
  return (path !== '/' && !path.includes('/', 1)) || /^\/tls\//i.test(path);
}

/** True for browsers, whose page holds no more than the files under /assets. */
function wantsPage(ctx: Context): boolean {
  return ctx.accepts('text/plain', 'application/json', 'text/html') === 'text/html';
}
