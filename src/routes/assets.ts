/** GET /assets/…: the files of the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context } from 'koa';
import { createRouter } from '../http/router.ts';

/** Reads the directory once, at the start. */
export function assetRoutes(directory: string) {
  const router = createRouter();
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
