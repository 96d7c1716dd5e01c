/** GET /tls/:version/:key: reads a key over one version of TLS, to show that Redis speaks it. */
import type { Context } from 'koa';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import type { Connection, Tls, Trust } from '../connection.ts';
import { COPIES_OF_ANSWER, type Hold } from '../http/large-bodies.ts';
import { createRouter } from '../http/router.ts';
import { createConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { isOfOtherType } from '../redis/explain.ts';
import { isVersionRefused, readOverTls, tlsOptions } from '../redis/tls.ts';
import { readKey } from './keys.ts';

const VERSIONS = new Map<string, SecureVersion>([
  ['v1', 'TLSv1'],
  ['v1.1', 'TLSv1.1'],
  ['v1.2', 'TLSv1.2'],
  ['v1.3', 'TLSv1.3'],
]);

/** Each opens a connection to Redis; service plans limit these. */
const PROBES_AT_A_TIME = 2;
const PATIENCE = 800; // milliseconds
const LARGEST_ANSWER = 1024 * 1024; // bytes

export function tlsRoutes(connection: Connection, trust: Trust, hold: Hold) {
  const router = createRouter();
  const limit = createConcurrencyLimit(PROBES_AT_A_TIME, PATIENCE, 'TLS connections');
  const optionsByVersion = new Map<SecureVersion, ConnectionOptions>();

  router.get('/tls/:version/:key', read);

  return router.routes();

  async function read(ctx: Context) {
    const version = VERSIONS.get(ctx.params.version!);
    ctx.assert(version, 404, `TLS versions are ${[...VERSIONS.keys()].join(', ')}`);
    const key = readKey(ctx, ctx.path.split('/')[3]!);
    ctx.assert(connection.tls, 418, 'protocol not supported: Redis is bound without TLS');

    const options = optionsFor(version, connection.tls);
    await hold(ctx, LARGEST_ANSWER, COPIES_OF_ANSWER);
    const value = await limit(() =>
      readOverTls(connection, options, key, LARGEST_ANSWER + 1).catch((error: unknown) =>
        refuse(error as Error, ctx, version),
      ),
    );
    ctx.assert(value, 404, 'key not present');
    ctx.assert(value.length <= LARGEST_ANSWER, 409, 'the key holds more than 1 MB');
    ctx.body = value;
  }

  function refuse(error: Error, ctx: Context, version: string): never {
    if (isOfOtherType(error)) ctx.throw(409, 'the key does not hold a string');
    if (!isVersionRefused(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    return ctx.throw(418, `protocol not supported: ${version} (${code})`);
  }

  function optionsFor(version: SecureVersion, tls: Tls): ConnectionOptions {
    const options = optionsByVersion.get(version) ?? tlsOptions(tls, trust, version);
    optionsByVersion.set(version, options);
    return options;
  }
}
