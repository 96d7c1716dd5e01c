/** 405 for a path that is there, asked with a method that is not. */
import type { Layer } from 'koa-router';
import type { Context, Next } from 'koa';

/** Mounted after all routes, which leave behind what they matched by path. */
export function refuseOtherMethods(ctx: Context, next: Next) {
  const matched: Layer[] = ctx.matched ?? [];
  if (matched.length === 0) return next();

  const allowed = new Set(matched.flatMap(({ methods }) => methods));
  ctx.status = 405;
  ctx.set('Allow', [...allowed].join(', '));
  ctx.body = `${ctx.method} is not allowed here`;
}
