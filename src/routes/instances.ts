/** /instances/…: the running instances, as JSON and as server-sent events. */
import { PassThrough } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { retryAfter } from '../http/errors.ts';
import { sendEvent } from '../http/events.ts';
import { createRouter } from '../http/router.ts';
import type { Health } from '../http/server.ts';
import { type Instances, showInstance } from '../instances/instances.ts';
import { isRedisError } from '../redis/explain.ts';

interface Parts {
  instances: Instances;
  loadSession: Middleware;
  health: Health;
}

export function instanceRoutes({ instances, loadSession, health }: Parts) {
  const { registry, watchers } = instances;
  const router = createRouter();

  router.get('/instances/list', list);
  router.get('/instances/events', watch);

  return router.routes();

  async function list(ctx: Context) {
    ctx.set('Cache-Control', 'no-store');
    const known = await registry.list();
    ctx.body = known.filter(({ leaving }) => !leaving).map(showInstance);
  }

  async function watch(ctx: Context) {
    ctx.assert(
      health.state === 'ready',
      503,
      'this instance takes no more requests',
      retryAfter(1),
    );
    const session = await findSession(ctx);
    if (ctx.res.closed) return; // the client has left meanwhile
    const visitor = { handle: session?._handle ?? null, address: ctx.ip };
    ctx.assert(watchers.hasRoomFor(visitor), 503, TOO_MANY, retryAfter(10));

    const stream = new PassThrough();
    watchers.add(stream, visitor);
    ctx.type = 'text/event-stream';
    ctx.set('Cache-Control', 'no-store');
    sendEvent(stream, 'session', session && { user: session.user });
    ctx.body = stream;
  }

  /** Without Redis, a page is served as well: it shows when Redis is back. */
  async function findSession(ctx: Context) {
    try {
      await loadSession(ctx, () => Promise.resolve());
      return ctx.session.user ? ctx.session : null;
    } catch (error) {
      if (!isRedisError(error as Error)) throw error;
      return null;
    }
  }
}

const TOO_MANY =
  'too many pages are open at this instance, or from your address: close some, or sign in, and try again in 10 seconds';
