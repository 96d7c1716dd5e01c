/** GET /tls/:version/:key: whether Redis speaks a version of TLS. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';
import type { SecureVersion } from 'node:tls';
import type { Trust } from '../cloudfoundry/trust.ts';
import type { Connection } from '../connection.ts';
import { isVersionRefused, readOverTls } from '../redis/tls-probe.ts';
import { readKey } from './key.ts';

const VERSIONS = new Map<string, SecureVersion>([
  ['v1', 'TLSv1'],
  ['v1.1', 'TLSv1.1'],
  ['v1.2', 'TLSv1.2'],
  ['v1.3', 'TLSv1.3'],
]);

export function tlsRoutes(connection: Connection, trust: Trust) {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });

  router.get('/tls/:version/:key', read);

  return router.routes();

  async function read(ctx: Context) {
    const version = VERSIONS.get(ctx.params.version!);
    ctx.assert(version, 404, `TLS versions are ${[...VERSIONS.keys()].join(', ')}`);
    ctx.assert(connection.tls, 418, 'protocol not supported: Redis is bound without TLS');

    const key = readKey(ctx, ctx.path.split('/')[3]!);
    const value = await readOverTls(connection, trust, version, key).catch((error: Error) => {
      if (!isVersionRefused(error)) throw error;
      return ctx.throw(
        418,
        `protocol not supported: ${version} (${'code' in error && error.code})`,
      );
    });
    ctx.assert(value, 404, 'key not present');
    ctx.body = value;
  }
}
