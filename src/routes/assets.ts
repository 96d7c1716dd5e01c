/** GET /assets/…: the files of the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context } from 'koa';
import { createRouter } from '../http/router.ts';
import { fingerprint, prepareFile, sendFile, type StaticFile } from '../http/static-file.ts';

const PREFIX = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Reads the directory once, at the start. `base` is the path of the files in this version of the app,
 * under which browsers keep them for ever.
 */
export function readAssets(directory: string) {
  const files = readFiles(directory);
  const version = fingerprint(...[...files.values()].map(({ plain }) => plain));

  return { base: `${PREFIX}${version}`, routes };

  function routes() {
    const router = createRouter();
    router.get('/assets/{*path}', send);
    return router.routes();
  }

  /**
   * During a rolling deployment, a page of one version may ask an instance of the other: it gets the
   * file of the same name, and keeps it no longer than until the next visit.
   */
  function send(ctx: Context) {
    const path = ctx.path.slice(PREFIX.length);
    const [first, ...rest] = path.split('/');
    const file = files.get(path) ?? files.get(rest.join('/'));
    ctx.assert(file, 404);

    ctx.set('Cache-Control', first === version ? FOREVER : 'no-cache');
    sendFile(ctx, file);
  }
}

/** Returns the files by their path in the directory. */
function readFiles(directory: string): Map<string, StaticFile> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(
    paths.map((path) => [
      path.slice(directory.length + 1),
      prepareFile(readFileSync(path), extname(path)),
    ]),
  );
}
