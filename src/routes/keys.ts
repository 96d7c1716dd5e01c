/** The endpoints of cf-redis-example-app: every path of one segment is a key. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState, Middleware } from 'koa';
import type { RedisClient } from '../redis/client.ts';
import type { Confirm } from '../redis/confirm.ts';
import type { Read } from '../redis/reads.ts';
import { readEntry } from './entry.ts';
import { readKey } from './key.ts';
import { createTurnstile } from '../turnstile.ts';

/** Of 24 MB each at most, when every byte is escaped: an instance has 256 MB. */
const LARGE_BODIES_AT_A_TIME = 2;
const LARGE = 1024 * 1024; // bytes
const PATIENCE = 5000; // milliseconds

interface Parts {
  redis: RedisClient;
  read: Read;
  /** null: a write is done when Redis says so. */
  confirm: Confirm | null;
}

/** Mounted before all others, which have two segments or none. */
export function keyRoutes({ redis, read, confirm }: Parts): Middleware {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });
  const takeTurn = createTurnstile(LARGE_BODIES_AT_A_TIME, PATIENCE, 'large bodies');

  router.put('/:key', write);
  router.get('/:key', show);
  router.delete('/:key', remove);

  const routes = router.routes() as Middleware;
  // Spares the paths of the app itself a search that koa-router would make in vain
  return (ctx, next) => (ctx.path.includes('/', 1) ? next() : routes(ctx, next));

  async function write(ctx: Context) {
    const key = keyOf(ctx);
    if (ctx.request.length > LARGE) await takeTurn(() => store(ctx, key));
    else await store(ctx, key);

    ctx.status = 201;
    ctx.body = 'success';
  }

  async function store(ctx: Context, key: string) {
    const { data, ttl } = await readEntry(ctx);
    if (ttl === null) await redis.set(key, data);
    else await redis.set(key, data, 'EX', ttl);
    if (confirm) await confirm(key);
  }

  async function show(ctx: Context) {
    const key = keyOf(ctx);
    try {
      ctx.body = await read(key);
    } catch (error) {
      await refuseOtherTypes(error as Error, ctx, key);
    }
    ctx.assert(ctx.body, 404, 'key not present');
  }

  async function remove(ctx: Context) {
    const key = keyOf(ctx);
    const removed = await redis.del(key);
    ctx.assert(removed, 404, 'key not present');
    if (confirm) await confirm(key);

    ctx.body = 'success';
  }

  async function refuseOtherTypes(error: Error, ctx: Context, key: string): Promise<never> {
    if (!error.message.startsWith('WRONGTYPE')) throw error;
    return ctx.throw(409, `the key holds a ${await redis.type(key)}, not a string`);
  }
}

function keyOf(ctx: Context): string {
  return readKey(ctx, ctx.path.slice(1));
}
