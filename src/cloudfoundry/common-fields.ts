/** Reads what every topology needs from the credentials: servers, login, database, TLS. */
import type { Login, Tls } from '../connection.ts';
import {
  type Fields,
  type ListedHost,
  readBoolean,
  readDatabase,
  readHosts,
  readPem,
  readPort,
  readText,
} from './fields.ts';
import { hasRedisScheme, parseRedisUri, type RedisUri } from './redis-uri.ts';

const DEFAULT_PORT = 6379;

/** Names that brokers give these fields; the topologies look for them too. */
export const URI = ['uri', 'url', 'redisUrl', 'redis_url'];
export const SENTINELS = ['sentinels', 'sentinel_nodes'];

const TLS_PORT = ['tls_port', 'sslPort', 'ssl_port'];
const CA = [
  'ca',
  'ca_base64',
  'ca_certificate',
  'ca_certificate_base64',
  'certificate_base64',
  'tls_ca',
  'server_ca',
  'sslrootcert',
];

/** SAP's brokers write this in their URIs in place of a user name; Redis refuses it. */
const NO_USERNAME = 'no-user-name-for-redis';

export interface CommonFields {
  hosts: ListedHost[];
  /** For hosts that are listed without a port. */
  port: number;
  login: Login;
  database: number;
  tls: Tls | null;
  uri: RedisUri | null;
}

/**
 * Single fields take precedence over the URI, which supplies what they leave out.
 * Throws BindingProblem naming the field that cannot be read.
 */
export function readCommonFields(fields: Fields, useTls: boolean | null): CommonFields {
  const uri = parseRedisUri(findUri(fields));
  const tls = (useTls ?? saysTls(fields, uri)) ? readTls(fields) : null;

  const port = readPort(fields, ['port']);
  const tlsPort = readPort(fields, TLS_PORT);
  const ownPort = tls ? (tlsPort ?? port) : (port ?? tlsPort);

  return {
    hosts: readServers(fields, uri, ownPort),
    port: ownPort ?? uri?.hosts[0]?.port ?? DEFAULT_PORT,
    login: readLogin(fields, uri),
    database: readDatabase(fields, ['database', 'db']) ?? uri?.database ?? 0,
    tls,
    uri,
  };
}

/** Under its usual names, or under any: cf cups -p '{"REDIS_URL": "redis://…"}'. */
function findUri(fields: Fields): string {
  const named = URI.map((name) => fields[name]);
  return [...named, ...Object.values(fields)].find(hasRedisScheme) ?? '';
}

function readServers(fields: Fields, uri: RedisUri | null, ownPort: number | null): ListedHost[] {
  const named = readHosts(fields, ['host', 'hostname']);
  if (named.length > 0) return named;
  const listed = readHosts(fields, ['hosts']);
  if (listed.length > 0) return listed;
  return (uri?.hosts ?? []).map(({ host, port }) => ({
    host,
    port: ownPort === null ? port : null,
    tlsPort: null,
  }));
}

/** Brokers signal TLS in half a dozen ways. An explicit yes or no takes precedence over hints. */
function saysTls(fields: Fields, uri: RedisUri | null): boolean {
  return (
    readBoolean(fields, ['tls', 'tls_enabled', 'ssl', 'ssl_enabled']) ??
    (Boolean(uri?.tls) ||
      readPort(fields, TLS_PORT) !== null ||
      readPem(fields, CA) !== null ||
      readHosts(fields, SENTINELS).some(({ tlsPort }) => tlsPort !== null))
  );
}

function readTls(fields: Fields): Tls {
  const ca = [readPem(fields, CA), readPem(fields, ['server_certificate'])];
  return {
    ca: ca.filter((certificate) => certificate !== null),
    clientCertificate: readPem(fields, ['tls_certificate', 'client_certificate', 'client_cert']),
    clientKey: readPem(fields, ['tls_private_key', 'client_private_key', 'client_key']),
  };
}

function readLogin(fields: Fields, uri: RedisUri | null): Login {
  const username = readText(fields, ['username', 'user']) ?? uri?.username ?? null;
  // Azure's URIs have the name of the cache in place of a user
  const placeholders = [NO_USERNAME, readText(fields, ['name'])];
  return {
    username: placeholders.includes(username) ? null : username,
    password: readText(fields, ['password', 'primaryKey']) ?? uri?.password ?? null,
  };
}
