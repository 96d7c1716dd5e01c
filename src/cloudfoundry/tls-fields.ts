/** Reads whether a binding asks for TLS, and with which certificates. */
import type { Tls } from '../connection.ts';
import {
  BindingProblem,
  type KnownFields,
  readBoolean,
  readHosts,
  readPems,
  readPort,
  readText,
  textOf,
} from './fields.ts';

/**
 * ElastiCache, MemoryDB, Upstash and Azure take a password over TLS only, even where a URI begins
 * with redis://. Azure's older caches have a port for it.
 */
const PASSWORD_OVER_TLS =
  /\.(cache|memorydb\.[\w-]+)\.amazonaws\.com(\.cn)?:|\.upstash\.io:|\.redis\.azure\.net:|\.redis\.cache\.windows\.net:6380$/;

/**
 * Returns null for a connection without TLS. `useTls` is the user's choice; null: the fields decide.
 * Throws BindingProblem for a field that cannot be read, or that says no where TLS is required.
 */
export function readTls(
  fields: KnownFields,
  useTls: boolean | null,
  isRequired: boolean,
): Tls | null {
  return (useTls ?? asksForTls(fields, isRequired)) ? readCertificates(fields) : null;
}

export function takesPasswordOverTls(
  servers: { host: string; port: number | null }[],
  port: number | null,
): boolean {
  const [server] = servers;
  return PASSWORD_OVER_TLS.test(`${server?.host}:${port ?? server?.port}`);
}

/** Brokers signal TLS in half a dozen ways. An explicit yes or no takes precedence over hints. */
function asksForTls(fields: KnownFields, isRequired: boolean): boolean {
  const answer = readBoolean(fields, 'tls');
  if (answer === false && isRequired) throw contradiction(fields);
  return (
    answer ??
    (isRequired ||
      /^(rediss|valkeys|tls|ssl)$/i.test(readText(fields, 'scheme') ?? '') ||
      readPort(fields, 'tlsPort') !== null ||
      readPems(fields, 'ca').length > 0 ||
      readPems(fields, 'certificate').length > 0 ||
      readHosts(fields, 'sentinels').some(({ tlsPort }) => tlsPort !== null) ||
      listsUrisForTls(fields))
  );
}

/** Quarkus and others list nodes as URIs. */
function listsUrisForTls({ hosts = [], sentinels = [], clusterNodes = [] }: KnownFields): boolean {
  const nodes = [...hosts, ...sentinels, ...clusterNodes].flatMap(({ value }) => value);
  return nodes.some((node) => /\b(rediss|valkeys):/i.test(textOf(node)));
}

function contradiction({ tls }: KnownFields): BindingProblem {
  return new BindingProblem(
    `the field "${tls![0]!.name}" says no to TLS, but the URI or the host requires it. ` +
      'To decide, set tls_enabled to true or false: cf set-env APP tls_enabled true',
  );
}

/** A certificate without a key is that of the server. */
function readCertificates(fields: KnownFields): Tls {
  const ca = readPems(fields, 'ca');
  const [certificate] = readPems(fields, 'certificate');
  const [key] = readPems(fields, 'key');
  if (certificate && key) return { ca, clientCertificate: certificate, clientKey: key };
  return { ca: certificate ? [...ca, certificate] : ca, clientCertificate: null, clientKey: null };
}
