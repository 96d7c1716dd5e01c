/** Reads what every topology needs from the fields: servers, login, database. */
import type { Login, Tls } from '../connection.ts';
import {
  type KnownFields,
  type ListedHost,
  readDatabase,
  readHosts,
  readPort,
  readText,
} from './fields.ts';
import type { RedisUri } from './redis-uri.ts';
import type { Role } from './spellings.ts';
import { readTls, takesPasswordOverTls } from './tls-fields.ts';

const DEFAULT_PORT = 6379;

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
  const tls = readTls(fields, useTls, isTlsRequired);
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

function readLogin(fields: KnownFields, uri: RedisUri | null): Login {
  const username = readText(fields, 'username') ?? uri?.username ?? null;
  // Azure's URIs have the name of the cache in place of a user
  const placeholders = [NO_USERNAME, readText(fields, 'name')];
  return {
    username: placeholders.includes(username) ? null : username,
    password: readText(fields, 'password') ?? uri?.password ?? null,
  };
}
