/** GET /assets/…: the files that the page is made of. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';

/** Reads the directory once: what is not in it at the start is not found later. */
export function assetRoutes(directory: string) {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });
  const files = readFiles(directory);

  router.get('/assets/{*path}', send);

  return router.routes();

  function send(ctx: Context) {
    const name = ctx.path.slice('/assets/'.length);
    const file = files.get(name);
    ctx.assert(file, 404);

    ctx.set('Cache-Control', 'no-cache');
    ctx.type = extname(name);
    ctx.body = file;
  }
}

function readFiles(directory: string): Map<string, Buffer> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(directory.length + 1), readFileSync(path)]));
}
