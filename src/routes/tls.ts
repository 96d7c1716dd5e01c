/** GET /tls/:version/:key: whether Redis speaks a version of TLS. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import type { Trust } from '../cloudfoundry/trust.ts';
import type { Connection, Tls } from '../connection.ts';
import { tlsOptions } from '../redis/tls-options.ts';
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
  const optionsByVersion = new Map<SecureVersion, ConnectionOptions>();

  router.get('/tls/:version/:key', read);

  return router.routes();

  async function read(ctx: Context) {
    const version = VERSIONS.get(ctx.params.version!);
    ctx.assert(version, 404, `TLS versions are ${[...VERSIONS.keys()].join(', ')}`);
    const key = readKey(ctx, ctx.path.split('/')[3]!);
    ctx.assert(connection.tls, 418, 'protocol not supported: Redis is bound without TLS');

    try {
      ctx.body = await readOverTls(connection, optionsFor(version, connection.tls), key);
    } catch (error) {
      if (!isVersionRefused(error)) throw error;
      const { code } = error as NodeJS.ErrnoException;
      ctx.throw(418, `protocol not supported: ${version} (${code})`);
    }
    ctx.assert(ctx.body, 404, 'key not present');
  }

  function optionsFor(version: SecureVersion, tls: Tls): ConnectionOptions {
    const options = optionsByVersion.get(version) ?? tlsOptions(tls, trust, version);
    optionsByVersion.set(version, options);
    return options;
  }
}
