/** What a TLS connection to Redis trusts and shows. */
import {
  type ConnectionOptions,
  createSecureContext,
  rootCertificates,
  type SecureVersion,
} from 'node:tls';
import type { Trust } from '../connection.ts';
import type { Tls } from '../connection.ts';

/**
 * Believes the certificates of Node.js, the operating system, the platform and the binding
 * together: naming one list would replace the others. With `version`, speaks that version only.
 * Takes tens of milliseconds, so its result should be kept. Throws what OpenSSL throws for a
 * certificate or key that it cannot read.
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

/** OpenSSL speaks TLS 1.0 and 1.1 at its lowest security level alone. */
function onlyVersion(version: SecureVersion) {
  return { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
}
