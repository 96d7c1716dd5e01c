/** /operator/keys, /operator/tree: which keys there are, and what is in them. */
import type { Context } from 'koa';
import { decodePathBytes } from '../../http/percent-encoding.ts';
import type { AppRouter } from '../../http/router.ts';
import { createKeys } from '../../operator/keys.ts';
import type { Nodes } from '../../operator/nodes.ts';
import { isOwn } from '../../operator/own-keys.ts';
import * as texts from '../../operator/texts.ts';
import type { BoundRedis } from '../../redis/connect.ts';

/** A long pattern with many asterisks would keep Redis busy. */
const LONGEST_PATTERN = 256; // characters

interface Parts {
  redis: BoundRedis;
  nodes: Nodes;
}

export function addKeyRoutes(router: AppRouter, { redis, nodes }: Parts) {
  const keys = createKeys(redis, nodes);

  router.get('/operator/keys', list);
  router.get('/operator/tree', showTree);
  router.get('/operator/keys/:key', show);
  router.get('/operator/keys/:key/copies', showCopies);

  async function list(ctx: Context) {
    ctx.body = await keys.list(readFilter(ctx), readQuery(ctx, 'cursor'));
  }

  async function showTree(ctx: Context) {
    ctx.body = await keys.readTree(readQuery(ctx, 'prefix') ?? '', readQuery(ctx, 'cursor'));
  }

  async function show(ctx: Context) {
    const at = readQuery(ctx, 'at') === 'replica' ? 'replica' : 'primary';
    const found = await keys.find(readKey(ctx), at, readQuery(ctx, 'cursor'));
    ctx.assert(found, 404, texts.NO_KEY);
    ctx.body = found;
  }

  async function showCopies(ctx: Context) {
    ctx.body = await keys.listCopies(readKey(ctx));
  }
}

/** Throws 400 for a malformed key, and 403 for one of the app's own. */
export function readKey(ctx: Context): Buffer {
  const key = decodePathBytes(ctx.path.split('/')[3]!);
  ctx.assert(key, 400, texts.MALFORMED_KEY);
  ctx.assert(!isOwn(key), 403, texts.OWN_KEY);
  return key;
}

export function readFilter(ctx: Context) {
  const match = readQuery(ctx, 'match');
  ctx.assert((match ?? '').length <= LONGEST_PATTERN, 400, texts.longPattern(LONGEST_PATTERN));
  return { match, type: readQuery(ctx, 'type') };
}

/** Returns null for a parameter that is missing or empty. */
export function readQuery(ctx: Context, name: string): string | null {
  const value = ctx.query[name];
  return (Array.isArray(value) ? value.at(-1) : value) || null;
}
