/** The endpoints of cf-redis-example-app: every path of one segment is a key. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState, Middleware } from 'koa';
import { COPIES_OF_ANSWER, type Hold } from '../http/hold.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Confirm } from '../redis/replicas.ts';
import type { Values } from '../redis/values.ts';
import { readEntry } from './entry.ts';
import { readKey } from './key-name.ts';

/** PUT stores 1 MB at most; other clients of this Redis, and older versions of this app, store more. */
const LARGEST_ANSWER = 8 * 1024 * 1024; // bytes
/** Of a value that another request changes at the same time. */
const ATTEMPTS = 3;

interface Parts {
  redis: RedisClient;
  values: Values;
  hold: Hold;
  /** null: a write is done when Redis says so. */
  confirm: Confirm | null;
}

/** Mounted before all others, which have two segments or none. */
export function keyRoutes({ redis, values, hold, confirm }: Parts): Middleware {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });

  router.put('/:key', write);
  router.get('/:key', show);
  router.delete('/:key', remove);

  const routes = router.routes() as Middleware;
  // Spares the paths of the app itself a search that koa-router would make in vain
  return (ctx, next) => (ctx.path.includes('/', 1) ? next() : routes(ctx, next));

  async function write(ctx: Context) {
    const key = keyOf(ctx);
    const { data, ttl } = await readEntry(ctx, hold);
    if (ttl === null) await redis.set(key, data);
    else await redis.set(key, data, 'EX', ttl);
    if (confirm) await confirm(key);

    ctx.status = 201;
    ctx.body = 'success';
  }

  async function show(ctx: Context) {
    const key = keyOf(ctx);
    try {
      const head = await values.readHead(key);
      ctx.assert(head, 404, 'key not present');
      ctx.body = head.isWhole ? head.bytes : await readLarge(ctx, key);
    } catch (error) {
      await refuseOtherTypes(error as Error, ctx, key);
    }
  }

  /** Makes room for a value before Redis is asked for it. */
  async function readLarge(ctx: Context, key: string): Promise<Buffer> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const length = await values.readLength(key);
      ctx.assert(length > 0, 404, 'key not present');
      ctx.assert(length <= LARGEST_ANSWER, 409, `the key holds ${length} bytes: too many to show`);
      await hold(ctx, length, COPIES_OF_ANSWER);
      const value = await values.readWhole(key, length);
      if (value) return value;
    }
    return ctx.throw(503, 'the value changes too often to be read', RETRY);
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

const RETRY = { expose: true, headers: { 'Retry-After': '1' } };

function keyOf(ctx: Context): string {
  return readKey(ctx, ctx.path.slice(1));
}
