/** Reads connection strings: URIs of Redis, and the form of StackExchange.Redis. */
import type { KnownFields } from './fields.ts';
import { hasRedisScheme, parseHost, parseRedisUri, type RedisUri } from './redis-uri.ts';

/** `host:port,host:port,password=…,ssl=True` */
const STACK_EXCHANGE = /^(?<hosts>[^\s=/]+?)(?<options>(?:,\s*\w+\s*=[^,]*)+),?$/;
const OPTION = /,\s*(?:abortConnect|defaultDatabase|password|serviceName|ssl|user)\s*=/i;

const DEFAULT_TLS_PORT = 6380;

/** Returns a value, or the first of a list, that looks like a connection string; null for others. */
export function connectionStringIn(value: unknown): string | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (hasRedisScheme(first)) return first;
  return typeof first === 'string' && isOfStackExchange(first) ? first : null;
}

/** Returns null for a string that cannot be read. */
export function parseConnectionString(text: string): RedisUri | null {
  return isOfStackExchange(text) ? parseStackExchange(text) : parseRedisUri(text);
}

/** Of several connection strings, prefers those with TLS, unless `useTls` is false. */
export function findUri(fields: KnownFields, useTls: boolean | null): RedisUri | null {
  const strings = (fields.uri ?? []).map(({ value }) => connectionStringIn(value) ?? '');
  const uris = strings.map(parseConnectionString).filter((uri) => uri !== null);
  return uris.find(({ tls }) => tls === (useTls ?? true)) ?? uris[0] ?? null;
}

function isOfStackExchange(text: string): boolean {
  return STACK_EXCHANGE.test(text) && OPTION.test(text);
}

function parseStackExchange(text: string): RedisUri | null {
  const { hosts, options } = STACK_EXCHANGE.exec(text)!.groups!;
  const addresses = hosts!.split(',').map(parseHost);
  if (addresses.includes(null)) return null;
  const tls = /,\s*(ssl\s*=\s*true|sslHost\s*=)/i.test(options!);
  return {
    tls,
    username: null,
    password: null,
    hosts: addresses
      .filter((address) => address !== null)
      .map(({ host, port }) => ({ host, port: port ?? (tls ? DEFAULT_TLS_PORT : null) })),
    database: null,
    fragment: null,
    options: parseOptions(options!),
  };
}

/**
 * A password may contain `=`. With the name of a service, the hosts are sentinels. `sslHost` is the name
 * in the certificate, and no host to connect to.
 */
function parseOptions(text: string): RedisUri['options'] {
  const options = Object.fromEntries(
    Array.from(text.matchAll(/,\s*(\w+)\s*=([^,]*)/g), ([, name, value]) => [name, value!.trim()]),
  );
  const { serviceName: master_name, sslHost: _, ...others } = options;
  return master_name ? { ...others, master_name, mode: 'sentinel' } : others;
}
