/** Reads the fields of a binding, whose types vary from broker to broker. */
import { isIPv6 } from 'node:net';
import { hasRedisScheme, parseHost, parseRedisUri } from './redis-uri.ts';

/** A problem with a binding: its message says how to repair it, and holds no secret. */
export class BindingProblem extends Error {}

export type Fields = Record<string, unknown>;

/** A host as a binding lists it; ports it leaves out are null. */
export interface ListedHost {
  host: string;
  port: number | null;
  tlsPort: number | null;
}

/** Returns true for an object that is not a list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TRUE = /^(true|yes|on|1)$/i;
const FALSE = /^(false|no|off|0)$/i;

/** Returns the first of the named fields that is not empty, as text. */
export function readText(fields: Fields, names: string[]): string | null {
  const found = find(fields, names);
  if (!found) return null;
  if (typeof found.value === 'object') throw unreadable(found.name, 'text');
  return String(found.value);
}

/** Reads a TCP port, given as number or text. Brokers write 0 for "off", which becomes null. */
export function readPort(fields: Fields, names: string[]): number | null {
  const found = find(fields, names);
  if (!found) return null;
  const port = typeof found.value === 'object' ? NaN : Number(found.value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw unreadable(found.name, 'a port');
  return port || null;
}

/** Returns an index from 0 up; null for anything else, because some brokers keep a name here. */
export function readDatabase(fields: Fields, names: string[]): number | null {
  const text = readText(fields, names);
  return text !== null && /^\d{1,5}$/.test(text) ? Number(text) : null;
}

/** Accepts text as well: bindings read from files, and some brokers, write "false". */
export function readBoolean(fields: Fields, names: string[]): boolean | null {
  const found = find(fields, names);
  if (!found) return null;
  const text = typeof found.value === 'object' ? '' : String(found.value);
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  throw unreadable(found.name, 'true or false');
}

/** Reads a certificate or key, in PEM or in the base64 of PEM. */
export function readPem(fields: Fields, names: string[]): string | null {
  const text = readText(fields, names);
  if (text === null) return null;
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString();
  if (!pem.includes('-----BEGIN')) throw unreadable(find(fields, names)!.name, 'PEM or its base64');
  return pem.replaceAll('\\n', '\n');
}

/** Reads a list of objects, a list of texts, or one text with spaces or commas between hosts. */
export function readHosts(fields: Fields, names: string[]): ListedHost[] {
  const found = find(fields, names);
  if (!found) return [];

  const entries: unknown[] =
    typeof found.value === 'string' ? found.value.split(/[\s,]+/).filter(Boolean) : [found.value];
  return entries.flat().map((entry) => {
    const host = typeof entry === 'string' ? readHostText(entry) : readHostObject(entry);
    if (!host) throw unreadable(found.name, 'a list of hosts');
    return host;
  });
}

function readHostText(text: string): ListedHost | null {
  if (isIPv6(text)) return { host: text, port: null, tlsPort: null };
  // A URI may stand where a host is expected, and its password is no part of the host
  const host = hasRedisScheme(text) ? parseRedisUri(text)?.hosts[0] : parseHost(text);
  return host ? { ...host, tlsPort: null } : null;
}

function readHostObject(value: unknown): ListedHost | null {
  if (!isFields(value)) return null;
  const host = readText(value, ['host', 'hostname', 'ip', 'address']);
  if (!host || host.includes('@')) return null;
  return { host, port: readPort(value, ['port']), tlsPort: readPort(value, ['tls_port']) };
}

/** Skips null, an empty text and an empty list, which brokers write for fields without a value. */
function find(fields: Fields, names: string[]): { name: string; value: unknown } | undefined {
  return names.map((name) => ({ name, value: fields[name] })).find(({ value }) => !isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && !value.length;
}

function unreadable(name: string, expected: string): BindingProblem {
  return new BindingProblem(`the field "${name}" is not ${expected}`);
}
