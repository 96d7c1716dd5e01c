/** Reads what every topology needs from the fields: servers, login, database, TLS. */
import type { Login, Tls } from '../connection.ts';
import { connectionStringIn, parseConnectionString } from './connection-strings.ts';
import {
  BindingProblem,
  type KnownFields,
  type ListedHost,
  readBoolean,
  readDatabase,
  readHosts,
  readPems,
  readPort,
  readText,
  textOf,
} from './fields.ts';
import type { RedisUri } from './redis-uri.ts';
import type { Role } from './spellings.ts';

const DEFAULT_PORT = 6379;

/** SAP's brokers write this in their URIs in place of a user name; Redis refuses it. */
const NO_USERNAME = 'no-user-name-for-redis';

/**
 * ElastiCache, MemoryDB, Upstash and Azure take a password over TLS only, even where a URI begins
 * with redis://. Azure's older caches have a port for it.
 */
const PASSWORD_OVER_TLS =
  /\.(cache|memorydb\.[\w-]+)\.amazonaws\.com(\.cn)?:|\.upstash\.io:|\.redis\.azure\.net:|\.redis\.cache\.windows\.net:6380$/;

export interface CommonFields {
  hosts: ListedHost[];
  /** For hosts that are listed without a port. */
  port: number;
  login: Login;
  database: number;
  tls: Tls | null;
  uri: RedisUri | null;
}

/** Of several connection strings, prefers those with TLS, unless `useTls` is false. */
export function findUri(fields: KnownFields, useTls: boolean | null): RedisUri | null {
  const strings = (fields.uri ?? []).map(({ value }) => connectionStringIn(value) ?? '');
  const uris = strings.map(parseConnectionString).filter((uri) => uri !== null);
  return uris.find(({ tls }) => tls === (useTls ?? true)) ?? uris[0] ?? null;
}

/**
 * Single fields take precedence over the URI, which supplies what they leave out.
 * Throws BindingProblem naming the field that cannot be read.
 */
export function readCommonFields(
  fields: KnownFields,
  uri: RedisUri | null,
  useTls: boolean | null,
): CommonFields {
  const login = readLogin(fields, uri);
  const named = readNamedHosts(fields, uri);
  const port = readPort(fields, 'port');
  const tlsPort = readPort(fields, 'tlsPort') ?? tlsPortOf(uri, named);
  const servers = [...named, ...(uri?.hosts ?? []), ...readHosts(fields, 'clusterNodes')];
  const isTlsRequired =
    Boolean(uri?.tls) || (login.password !== null && takesPasswordOverTls(servers, port));
  const tls = (useTls ?? asksForTls(fields, isTlsRequired)) ? readTls(fields) : null;
  const ownPort = tls ? (tlsPort ?? port) : (port ?? tlsPort);
  return {
    hosts: named.length > 0 ? withTlsPort(named, tlsPort) : hostsOf(uri, ownPort),
    port: ownPort ?? uri?.hosts[0]?.port ?? DEFAULT_PORT,
    login,
    database: readDatabase(fields) ?? uri?.database ?? 0,
    tls,
    uri,
  };
}

function readNamedHosts(fields: KnownFields, uri: RedisUri | null): ListedHost[] {
  const roles: Role[] = uri ? ['host', 'hosts'] : ['host', 'hosts', 'otherHost'];
  const role = roles.find((each) => fields[each]?.length);
  return role ? readHosts(fields, role) : [];
}

/** In a URI for TLS, the port of a host is the one for TLS, whatever `port` says. */
function tlsPortOf(uri: RedisUri | null, named: ListedHost[]): number | null {
  const [host] = uri?.hosts ?? [];
  if (!uri?.tls || !host) return null;
  return named.length === 0 || named[0]!.host === host.host ? host.port : null;
}

/** For `host:port` beside a port for TLS. */
function withTlsPort(named: ListedHost[], tlsPort: number | null): ListedHost[] {
  return named.map((host) =>
    host.port === null ? host : { ...host, tlsPort: host.tlsPort ?? tlsPort },
  );
}

function hostsOf(uri: RedisUri | null, ownPort: number | null): ListedHost[] {
  return (uri?.hosts ?? []).map(({ host, port }) => ({
    host,
    port: ownPort === null ? port : null,
    tlsPort: null,
  }));
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

function takesPasswordOverTls(
  servers: { host: string; port: number | null }[],
  port: number | null,
): boolean {
  const [server] = servers;
  return PASSWORD_OVER_TLS.test(`${server?.host}:${port ?? server?.port}`);
}

function contradiction({ tls }: KnownFields): BindingProblem {
  return new BindingProblem(
    `the field "${tls![0]!.name}" says no to TLS, but the URI or the host requires it. ` +
      'To decide, set tls_enabled to true or false: cf set-env APP tls_enabled true',
  );
}

/** A certificate without a key is that of the server. */
function readTls(fields: KnownFields): Tls {
  const ca = readPems(fields, 'ca');
  const [certificate] = readPems(fields, 'certificate');
  const [key] = readPems(fields, 'key');
  if (certificate && key) return { ca, clientCertificate: certificate, clientKey: key };
  return { ca: certificate ? [...ca, certificate] : ca, clientCertificate: null, clientKey: null };
}

function readLogin(fields: KnownFields, uri: RedisUri | null): Login {
  const username = readText(fields, 'username') ?? uri?.username ?? null;
  // Azure's URIs have the name of the cache in place of a user
  const placeholders = [NO_USERNAME, readText(fields, 'name')];
  return {
    username: placeholders.includes(username) ? null : username,
    password: readText(fields, 'password') ?? uri?.password ?? null,
  };
}
