/** Reads redis://, rediss://, valkey:// and valkeys:// URIs as brokers write them. */
import type { Address } from '../connection.ts';

export interface RedisUri {
  tls: boolean;
  username: string | null;
  password: string | null;
  /** A port of null was not given. */
  hosts: { host: string; port: number | null }[];
  database: number | null;
  /** The text after `#`: SAP puts the master name of Sentinel there. */
  fragment: string | null;
  /** What follows as `name=value`. */
  options: Record<string, string | undefined>;
}

/** Lettuce writes redis-sentinel://, others redis+tls://. */
const SCHEME =
  /^(?:redis|valkey)(?<tls>s?)(?:[-+](?:(?<mode>sentinel|cluster)|(?<plusTls>tls|ssl)))?:\/\//i;
/** The part after the hosts. Anything else belongs to a password with unescaped characters. */
const AFTER_HOSTS = /^(\/\d*)?([?#].*)?$/s;
const REST =
  /^(?<hosts>[^/?#]+)(?:\/(?<database>\d{0,5}))?(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/;
const HIGHEST_PORT = 65535;
const HOST = /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:@[\]]+))(?::(?<port>\d+))?$/;

/** Returns true for a text that begins with a URI scheme of Redis or Valkey. */
export function hasRedisScheme(value: unknown): value is string {
  return typeof value === 'string' && SCHEME.test(value);
}

/**
 * Returns null for any other text. Parsed by hand, because `new URL` refuses two things that brokers
 * write: several hosts (evoila) and passwords with unescaped characters.
 */
export function parseRedisUri(uri: string): RedisUri | null {
  const scheme = SCHEME.exec(uri);
  if (!scheme) return null;

  const afterScheme = uri.slice(scheme[0].length);
  const at = findEndOfLogin(afterScheme);
  const rest = REST.exec(afterScheme.slice(at + 1))?.groups;
  const hosts = rest?.hosts?.split(',').map(parseHost) ?? [];
  if (!rest || hosts.includes(null)) return null;

  const { tls, plusTls, mode } = scheme.groups!;
  return {
    tls: Boolean(tls || plusTls),
    ...parseLogin(at === -1 ? '' : afterScheme.slice(0, at)),
    hosts: hosts.filter((host) => host !== null),
    database: rest.database ? Number(rest.database) : null,
    fragment: rest.fragment ? decode(rest.fragment) : null,
    options: { mode, ...Object.fromEntries(new URLSearchParams(rest.query)) },
  };
}

/** Finds the last `@` before the path, or in all of the text if the password holds `/`, `?` or `#`. */
function findEndOfLogin(afterScheme: string): number {
  const authority = /^[^/?#]*/.exec(afterScheme)![0];
  const isWellFormed = AFTER_HOSTS.test(afterScheme.slice(authority.length));
  return (isWellFormed ? authority : afterScheme).lastIndexOf('@');
}

/** Parses `host:port` or `host`; returns null for anything else. */
export function parseHost(text: string): { host: string; port: Address['port'] | null } | null {
  const host = HOST.exec(text.trim())?.groups;
  if (!host || Number(host.port) > HIGHEST_PORT) return null;
  return { host: (host.ipv6 ?? host.name)!, port: host.port ? Number(host.port) : null };
}

/** A text without a colon is the password: evoila writes it that way. */
function parseLogin(userInfo: string): Pick<RedisUri, 'username' | 'password'> {
  const colon = userInfo.indexOf(':');
  if (colon === -1) return { username: null, password: decode(userInfo) || null };
  return {
    username: decode(userInfo.slice(0, colon)) || null,
    password: decode(userInfo.slice(colon + 1)) || null,
  };
}

/** Decodes percent-escapes, but returns a text with a stray `%` as it is: an unescaped password. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
