/** Refuses what another site makes a browser send with its user's cookie. */
import type { Context, Next } from 'koa';

const TRUSTED = new Set(['same-origin', 'none']);

/**
 * For all routes that change something. Browsers say where a request comes from; curl says nothing
 * and has no cookie but its user's own. `same-site` is refused too: on a shared domain the apps of
 * other people are the same site. The rule is that of Go's http.CrossOriginProtection; it needs no
 * token and no secret.
 */
export function refuseCrossOrigin(ctx: Context, next: Next) {
  ctx.assert(isFromHere(ctx), 403, 'refused: the request comes from another site');
  return next();
}

/** Without TLS, browsers send an Origin only. */
function isFromHere(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site');
  if (site) return TRUSTED.has(site);
  const origin = ctx.get('Origin');
  return !origin || hostOf(origin) === ctx.host;
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
