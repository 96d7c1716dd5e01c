/** /operator/keys, /operator/tree: which keys there are, and what is in them. */
import type { Context } from 'koa';
import type { AppRouter } from '../../http/router.ts';
import type { Browse } from '../../operator/browse.ts';
import { createKeys } from '../../operator/keys.ts';
import type { Nodes } from '../../operator/nodes.ts';
import * as texts from '../../operator/sentences.ts';
import { checkFilter, readKey, readQuery } from './fields.ts';

interface Parts {
  nodes: Nodes;
  browse: Browse;
}

export function addKeyRoutes(router: AppRouter, { nodes, browse }: Parts) {
  const keys = createKeys(nodes, browse);

  router.get('/operator/keys', list);
  router.get('/operator/tree', showTree);
  router.get('/operator/keys/:key', show);
  router.get('/operator/keys/:key/copies', showCopies);

  async function list(ctx: Context) {
    const filter = checkFilter(ctx, readQuery(ctx, 'match'), readQuery(ctx, 'type'));
    ctx.body = await keys.list(filter, readQuery(ctx, 'cursor'));
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
