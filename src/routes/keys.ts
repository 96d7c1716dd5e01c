/** The endpoints of cf-redis-example-app: every path of one segment is a key. */
import type { Context } from 'koa';
import { retryAfter } from '../http/errors.ts';
import { COPIES_OF_ANSWER, type Hold } from '../http/large-bodies.ts';
import { readBytes, readFields } from '../http/form.ts';
import { createRouter } from '../http/router.ts';
import { decodePathSegment } from '../http/percent-encoding.ts';
import type { RedisClient } from '../redis/client.ts';
import { isOfOtherType } from '../redis/explain.ts';
import { OWN_PREFIX } from '../redis/names.ts';
import type { Confirm } from '../redis/wait-replicas.ts';
import type { Values } from '../redis/value-reads.ts';

/** PUT stores 1 MB at most; other clients of this Redis, and older versions of this app, store more. */
const LARGEST_ANSWER = 8 * 1024 * 1024; // bytes
/** To read a value that other requests change at the same time. */
const ATTEMPTS = 3;
const VALUE_LIMIT = 1024 * 1024; // bytes
/** A form may spend three bytes (`%00`) on one. */
const FORM_LIMIT = 3 * VALUE_LIMIT + 1024; // bytes
const LONGEST_TTL = 2 ** 31 - 1; // seconds

interface Parts {
  redis: RedisClient;
  values: Values;
  hold: Hold;
  /** null: a write is done when Redis has answered. */
  confirm: Confirm | null;
}

interface Entry {
  data: Buffer;
  /** Seconds; null: the key does not expire. */
  ttl: number | null;
}

export function keyRoutes({ redis, values, hold, confirm }: Parts) {
  const router = createRouter();

  router.put('/:key', write);
  router.get('/:key', show);
  router.delete('/:key', remove);

  return router.routes();

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

  /** Takes room for a value before it asks Redis for it. */
  async function readLarge(ctx: Context, key: string): Promise<Buffer> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const length = await values.readLength(key);
      ctx.assert(length > 0, 404, 'key not present');
      ctx.assert(length <= LARGEST_ANSWER, 409, `the key holds ${length} bytes: too many to show`);
      await hold(ctx, length, COPIES_OF_ANSWER);
      const value = await values.readWhole(key, length);
      if (value) return value;
    }
    return ctx.throw(503, 'the value changes too often to be read', retryAfter(1));
  }

  async function remove(ctx: Context) {
    const key = keyOf(ctx);
    const removed = await redis.del(key);
    ctx.assert(removed, 404, 'key not present');
    if (confirm) await confirm(key);

    ctx.body = 'success';
  }

  async function refuseOtherTypes(error: Error, ctx: Context, key: string): Promise<never> {
    if (!isOfOtherType(error)) throw error;
    return ctx.throw(409, `the key holds a ${await redis.type(key)}, not a string`);
  }
}

function keyOf(ctx: Context): string {
  return readKey(ctx, ctx.path.slice(1));
}

/**
 * Decodes the key in a segment of a path. koa-router's parameters would read `+` as a space and
 * accept malformed escapes. Throws 400 for those, and 403 for the app's own keys.
 */
export function readKey(ctx: Context, segment: string): string {
  const key = decodePathSegment(segment);
  ctx.assert(
    key !== null,
    400,
    'malformed % escape in the key: it should be UTF-8, percent-encoded',
  );
  ctx.assert(
    !key.startsWith(OWN_PREFIX),
    403,
    `keys that begin with ${OWN_PREFIX} are the app's own`,
  );
  return key;
}

/** Throws 400 naming the field that is missing or wrong, 413 for a value of more than 1 MB. */
async function readEntry(ctx: Context, hold: Hold): Promise<Entry> {
  const fields = await readFields(ctx, FORM_LIMIT, hold);
  const data = readBytes(ctx, fields, 'data');
  ctx.assert(data, 400, 'data field missing');
  ctx.assert(data.length <= VALUE_LIMIT, 413, 'data is longer than 1 MB');
  return { data, ttl: readTtl(ctx, fields.get('ttl')) };
}

/** Returns seconds; null for none. Accepts a number in JSON, or the text of one. Throws 400. */
export function readTtl(ctx: Context, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' || Buffer.isBuffer(value) ? String(value) : '';
  const ttl = Number(text);
  const isTtl = /^\d+$/.test(text) && ttl >= 1 && ttl <= LONGEST_TTL;
  ctx.assert(isTtl, 400, `ttl must be a whole number of seconds from 1 to ${LONGEST_TTL}`);
  return ttl;
}
