/** /operator/keys/…: new keys, elements, expiry, and the deletion of one key or of chosen ones. */
import type { Context } from 'koa';
import { readFields, readText } from '../../http/form.ts';
import type { Hold } from '../../http/large-bodies.ts';
import type { AppRouter } from '../../http/router.ts';
import { createChanges, REMOVED_BY, REQUIRED } from '../../operator/changes.ts';
import { toPath } from '../../operator/bytes-as-json.ts';
import * as texts from '../../operator/sentences.ts';
import type { BoundRedis } from '../../redis/bound-redis.ts';
import { readTtl } from '../keys.ts';
import { readEntry, readKey, readKeys, VALUE_LIMIT } from './fields.ts';

/** A form may spend three bytes (`%00`) on one. */
const FORM_LIMIT = 2 * 3 * VALUE_LIMIT + 1024; // bytes

interface Parts {
  redis: BoundRedis;
  hold: Hold;
}

export function addChangeRoutes(router: AppRouter, { redis, hold }: Parts) {
  const changes = createChanges(redis.writer, redis.confirm);

  router.put('/operator/keys/:key', write);
  router.delete('/operator/keys/:key', remove);
  router.post('/operator/keys/:key/elements', addElement);
  router.delete('/operator/keys/:key/elements', removeElement);
  router.put('/operator/keys/:key/ttl', setTtl);
  router.delete('/operator/keys/:key/ttl', removeTtl);
  router.post('/operator/delete', removeChosen);

  /** Makes a key of any type with its first element, or stores another string. */
  async function write(ctx: Context) {
    const key = readKey(ctx);
    const fields = await readFields(ctx, FORM_LIMIT, hold);
    const type = readText(ctx, fields, 'type') ?? 'string';
    ctx.assert(Object.hasOwn(REQUIRED, type), 400, texts.UNKNOWN_TYPE);
    const entry = readEntry(ctx, fields, REQUIRED[type]!);
    const ttl = readTtl(ctx, fields.get('ttl'));
    const before = await changes.typeOf(key);
    const isReplaced = before === 'string' && type === 'string';
    ctx.assert(before === 'none' || isReplaced, 409, texts.KEY_EXISTS);

    if (type === 'string') await changes.set(key, entry.value!, ttl);
    else {
      await changes.add(key, type, entry);
      if (ttl !== null) await changes.expire(key, ttl);
    }
    ctx.status = before === 'none' ? 201 : 200;
    ctx.body = { path: toPath(key), type };
  }

  async function addElement(ctx: Context) {
    const { key, type } = await findKey(ctx);
    await changes.add(key, type, readEntry(ctx, await readBody(ctx), REQUIRED[type]!));
    ctx.status = 201;
    ctx.body = { added: 1 };
  }

  async function removeElement(ctx: Context) {
    const { key, type } = await findKey(ctx);
    const entry = readEntry(ctx, await readBody(ctx), REMOVED_BY[type]!);
    const removed = await changes.remove(key, type, entry);
    ctx.assert(removed, 404, texts.NO_ELEMENT);
    ctx.body = { removed };
  }

  async function setTtl(ctx: Context) {
    const key = readKey(ctx);
    const ttl = readTtl(ctx, (await readBody(ctx)).get('ttl'));
    ctx.assert(ttl, 400, texts.fieldMissing('ttl'));
    ctx.assert(await changes.expire(key, ttl), 404, texts.NO_KEY);
    ctx.body = { ttl };
  }

  async function removeTtl(ctx: Context) {
    const key = readKey(ctx);
    const hadTtl = await changes.persist(key);
    ctx.assert(hadTtl || (await changes.typeOf(key)) !== 'none', 404, texts.NO_KEY);
    ctx.assert(hadTtl, 409, texts.NO_TTL);
    ctx.body = { ttl: null };
  }

  async function remove(ctx: Context) {
    const deleted = await changes.unlink([readKey(ctx)]);
    ctx.assert(deleted, 404, texts.NO_KEY);
    ctx.body = { deleted };
  }

  async function removeChosen(ctx: Context) {
    ctx.body = { deleted: await changes.unlink(readKeys(ctx, await readBody(ctx))) };
  }

  /** Throws 404 for a key that is not there, and 409 for one that has no elements. */
  async function findKey(ctx: Context): Promise<{ key: Buffer; type: string }> {
    const key = readKey(ctx);
    const type = await changes.typeOf(key);
    ctx.assert(type !== 'none', 404, texts.NO_KEY);
    ctx.assert(Object.hasOwn(REMOVED_BY, type), 409, texts.typeNotShown(type));
    return { key, type };
  }

  function readBody(ctx: Context) {
    return readFields(ctx, FORM_LIMIT, hold);
  }
}
