/** The routers of this app, and 405 for a path that they know with another method. */
import Router, { type Layer } from 'koa-router';
import type { Context, Next } from 'koa';

export type AppRouter = ReturnType<typeof createRouter>;

/** Strict: a path with a slash at its end is another path. */
export function createRouter() {
  return new Router<any, any>({ strict: true });
}

/** Mount it after all routers, which leave in `ctx.matched` what they matched by path. */
export function refuseOtherMethods(ctx: Context, next: Next) {
  const matched: Layer[] = ctx.matched ?? [];
  if (matched.length === 0) return next();

  const allowed = new Set(matched.flatMap(({ methods }) => methods));
  ctx.status = 405;
  ctx.set('Allow', [...allowed].join(', '));
  ctx.body = `${ctx.method} is not allowed here`;
}
