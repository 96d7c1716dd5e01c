/** Refuses requests that another site makes a browser send with its user's cookie. */
import type { Context, Next } from 'koa';

const TRUSTED = new Set(['same-origin', 'none']);

/** The routes that load the session; in any letter case, as koa-router matches paths. */
const WITH_SESSION = /^\/(session|instances)\//i;

/** Middleware: throws 403 for a request from another site to a route that loads the session. */
export function protectSessions(ctx: Context, next: Next) {
  if (WITH_SESSION.test(ctx.path)) refuseOtherSites(ctx);
  return next();
}

/**
 * Throws 403 for a request that a page of another site makes a browser send. Reads are refused as
 * well, because each renews the idle timeout; a link that the user follows is not. `same-site` counts
 * as another site: on a shared domain, it is the app of other people. curl sends no Sec-Fetch-Site, and
 * only the cookie that its user gave it.
 *
 * Go's http.CrossOriginProtection has the same rule, which needs no token and no secret.
 */
export function refuseOtherSites(ctx: Context): void {
  ctx.assert(
    isFromHere(ctx) || isNavigation(ctx),
    403,
    'refused: the request comes from another site',
  );
}

/** Without TLS, browsers send only an Origin. */
function isFromHere(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site) return TRUSTED.has(site);
  const origin = ctx.get('Origin');
  return !origin || hostOf(origin) === ctx.host;
}

/** True when the user follows a link. A browser that fetches a page in advance sends Sec-Purpose. */
function isNavigation(ctx: Context): boolean {
  return (
    ctx.method === 'GET' &&
    ctx.get('Sec-Fetch-Mode') === 'navigate' &&
    ctx.get('Sec-Fetch-Dest') === 'document' &&
    !ctx.get('Sec-Purpose')
  );
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
