/** TLS to Redis: which certificates the app accepts and sends, and which versions Redis speaks. */
import {
  type ConnectionOptions,
  createSecureContext,
  rootCertificates,
  type SecureVersion,
} from 'node:tls';
import type { Connection, Tls, Trust } from '../connection.ts';
import { useOnce } from './client.ts';

/** Codes of a handshake that failed because of the version, on this side or on the other. */
const VERSION_REFUSED = /^(ERR_SSL_|ERR_TLS_PROTOCOL_|EPROTO$|ECONNRESET$)/;

/**
 * Accepts the certificates of Node.js, the operating system, the platform and the binding: `ca` alone
 * would replace those of Node.js. With `version`, speaks only that version. Takes tens of
 * milliseconds: keep the result. Throws what OpenSSL throws for an unreadable certificate or key.
 */
export function tlsOptions(tls: Tls, trust: Trust, version?: SecureVersion): ConnectionOptions {
  const secureContext = createSecureContext({
    ca: [...rootCertificates, ...trust.certificates, ...tls.ca],
    cert: tls.clientCertificate ?? undefined,
    key: tls.clientKey ?? undefined,
    ...(version && onlyVersion(version)),
  });
  return {
    secureContext,
    rejectUnauthorized: trust.verify,
    ...(trust.serverName && { servername: trust.serverName }),
  };
}

/**
 * Reads at most `limit` bytes of a key over a connection of its own; returns null if there is no such
 * key. Throws what Redis, the network or TLS report.
 */
export async function readOverTls(
  connection: Connection,
  tls: ConnectionOptions,
  key: string,
  limit: number,
): Promise<Buffer | null> {
  return useOnce(connection, tls, async (redis) => {
    const value = await redis.getrangeBuffer(key, 0, limit - 1);
    return value.length > 0 || (await redis.type(key)) !== 'none' ? value : null;
  });
}

/** Returns true if the two sides have no version of TLS in common. */
export function isVersionRefused(error: unknown): boolean {
  return VERSION_REFUSED.test(String((error as NodeJS.ErrnoException).code));
}

/** OpenSSL speaks TLS 1.0 and 1.1 only at its lowest security level. */
function onlyVersion(version: SecureVersion) {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}
