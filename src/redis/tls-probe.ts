/** Whether Redis speaks a given version of TLS. */
import type { ConnectionOptions } from 'node:tls';
import type { Connection } from '../connection.ts';
import { createClient } from './client.ts';

/** Codes of a handshake that failed for the version, on this side or on the other. */
const VERSION_REFUSED = /^(ERR_SSL_|ERR_TLS_PROTOCOL_|EPROTO$|ECONNRESET$)/;

/**
 * Reads at most `limit` bytes of a key over a connection of its own; null for no such key. Throws what
 * Redis, the network or TLS report.
 */
export async function readOverTls(
  connection: Connection,
  tls: ConnectionOptions,
  key: string,
  limit: number,
): Promise<Buffer | null> {
  const redis = createClient(connection, { tls, reconnect: false });
  let reason: Error | undefined;
  redis.on('error', (error) => (reason ??= error));
  try {
    await redis.connect();
    const value = await redis.getrangeBuffer(key, 0, limit - 1);
    return value.length > 0 || (await redis.type(key)) !== 'none' ? value : null;
  } catch (error) {
    // connect() itself says no more than that the connection is closed
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

/** True when the two sides found no version of TLS in common. */
export function isVersionRefused(error: unknown): boolean {
  return VERSION_REFUSED.test(String((error as NodeJS.ErrnoException).code));
}
