/** GET /config/:item: an item of the configuration of Redis. */
import type { Context } from 'koa';
import { Cluster } from 'ioredis';
import { createRouter } from '../http/router.ts';
import type { RedisClient } from '../redis/client.ts';
import { isForbidden } from '../redis/explain.ts';

/** No `*`, `?` or `[`: CONFIG GET takes patterns, and a pattern would match what is refused. */
const ITEM = /^[a-z0-9-]+$/i;
/** requirepass, masterauth, primaryauth, tls-key-file-pass and their like. */
const SECRET = /(pass|auth|secret)$/i;

export function configRoutes(redis: RedisClient) {
  const router = createRouter();

  router.get('/config/:item', read);

  return router.routes();

  async function read(ctx: Context) {
    const item = ctx.params.item!;
    ctx.assert(ITEM.test(item), 400, 'a config item is one exact name, like maxmemory-policy');
    ctx.assert(!SECRET.test(item), 403, `config item ${item} holds a secret`);

    const [, value] = await getConfig(item).catch((error: Error) => refuseForbidden(error, ctx));
    ctx.assert(value !== undefined, 404, `config item ${item} not found`);
    ctx.body = value;
  }

  /** In a Cluster, one of the primaries answers. */
  function getConfig(item: string) {
    const node = redis instanceof Cluster ? redis.nodes('master')[0]! : redis;
    return node.config('GET', item) as Promise<string[]>;
  }

  function refuseForbidden(error: Error, ctx: Context): never {
    if (!isForbidden(error)) throw error;
    return ctx.throw(501, 'this Redis service does not offer the CONFIG command', { expose: true });
  }
}
