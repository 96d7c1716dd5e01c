/** The endpoints of cf-redis-example-app: every path of one segment is a key. */
import bodyParser from 'koa-bodyparser';
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';
import type { RedisClient } from '../redis/client.ts';
import { BODY_LIMIT, readEntry } from './entry.ts';
import { readKey } from './key.ts';

const parseJson = bodyParser({
  enableTypes: ['json'],
  jsonLimit: `${BODY_LIMIT}b`,
  onerror: (error, ctx) => {
    if ('status' in error && error.status === 413) throw error;
    ctx.throw(400, 'the body is not valid JSON');
  },
});

/** Mounted before all others, which have two segments or none. */
export function keyRoutes(redis: RedisClient) {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });

  router.put('/:key', parseJson, write);
  router.get('/:key', read);
  router.delete('/:key', remove);

  return router.routes();

  async function write(ctx: Context) {
    const key = keyOf(ctx);
    const { data, ttl } = await readEntry(ctx);

    if (ttl === null) await redis.set(key, data);
    else await redis.set(key, data, 'EX', ttl);
    ctx.status = 201;
    ctx.body = 'success';
  }

  async function read(ctx: Context) {
    const key = keyOf(ctx);
    const value = await redis.getBuffer(key).catch((error) => refuseOtherTypes(error, ctx, key));
    ctx.assert(value, 404, 'key not present');

    ctx.body = value;
  }

  async function remove(ctx: Context) {
    const removed = await redis.del(keyOf(ctx));
    ctx.assert(removed, 404, 'key not present');

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
