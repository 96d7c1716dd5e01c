/** Reads the values of a binding's fields, whose types vary from broker to broker. */
import { isIPv6 } from 'node:net';
import { hasRedisScheme, parseHost, parseRedisUri } from './redis-uri.ts';
import { findSpelling, type Role, type Spelling, wordsOf } from './spellings.ts';

/** A problem with a binding: its message says how to repair it, and holds no secret. */
export class BindingProblem extends Error {}

/** Nothing in a binding says where Redis is. */
export class MissingAddress extends BindingProblem {}

/** Other errors are mistakes of this app, and their messages might quote a secret. */
export function messageOf(error: unknown): string {
  return error instanceof BindingProblem ? error.message : 'it has a form that nobody foresaw';
}

export type Fields = Record<string, unknown>;

/** A field that has a value, named as it is written: `connection.rediss.hosts`. */
export interface Field {
  name: string;
  value: unknown;
}

/** The fields of each role, the likeliest first. */
export type KnownFields = Partial<Record<Role, Field[]>>;

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

/** Keeps the order of the fields. */
export function groupByRole(fields: (Field & Spelling)[]): KnownFields {
  const byRole: KnownFields = {};
  for (const field of fields) (byRole[field.role] ??= []).push(field);
  return byRole;
}

const TRUE = /^(true|t|yes|y|on|1|enabled?|require[ds]?|preferred|verify[-_](ca|full)|encrypted)$/i;
const FALSE = /^(false|f|no|n|off|0|disabled?|plaintext)$/i;

/** Returns an empty text for objects and lists. */
export function textOf(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

export function readText(fields: KnownFields, role: Role): string | null {
  const [field] = fields[role] ?? [];
  if (!field) return null;
  if (typeof field.value === 'object') throw unreadable(field, 'text');
  return String(field.value);
}

/** Reads a TCP port, given as number or text. Brokers write 0 for "off", which becomes null. */
export function readPort(fields: KnownFields, role: Role): number | null {
  const [field] = fields[role] ?? [];
  if (!field) return null;
  const port = typeof field.value === 'object' ? NaN : Number(field.value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw unreadable(field, 'a port');
  return port || null;
}

/** Returns an index from 0 up; null for anything else, because some brokers keep a name here. */
export function readDatabase(fields: KnownFields): number | null {
  const text = readText(fields, 'database');
  return text !== null && /^\d{1,5}$/.test(text) ? Number(text) : null;
}

/** Accepts text as well: bindings read from files, and some brokers, write "false". */
export function readBoolean(fields: KnownFields, role: Role): boolean | null {
  const [field, ...others] = fields[role] ?? [];
  if (!field) return null;
  const answer = toBoolean(field);
  const contrary = others.find((other) => toBoolean(other) !== answer);
  if (!contrary) return answer;
  throw new BindingProblem(
    `the fields "${field.name}" and "${contrary.name}" contradict each other`,
  );
}

function toBoolean(field: Field): boolean {
  const text = textOf(field.value).trim();
  // Google's prefix; it calls TLS the authentication of the server
  const word = text.replace(/^TRANSIT_ENCRYPTION_MODE_/, '').replace(/^SERVER_AUTH.*/, 'true');
  if (TRUE.test(word)) return true;
  if (FALSE.test(word)) return false;
  throw unreadable(field, 'true or false');
}

/** Reads certificates or keys, in PEM or in the base64 of PEM. */
export function readPems(fields: KnownFields, role: Role): string[] {
  const pems = (fields[role] ?? []).flatMap((field) => {
    const found = pemsIn(field.value);
    if (found.length === 0 || found.includes(null)) throw unreadable(field, 'PEM or its base64');
    return found.filter((pem) => pem !== null);
  });
  return [...new Set(pems)];
}

/** Google lists objects, with the times of each certificate beside it. */
function pemsIn(value: unknown): (string | null)[] {
  if (Array.isArray(value)) return value.flatMap(pemsIn);
  if (!isFields(value)) return [pemIn(value)];
  const { ca = [], certificate = [] } = readItem(value);
  return [...ca, ...certificate].flatMap((field) => pemsIn(field.value));
}

/** Returns null for what is no PEM. Shells leave `\n` written out. */
export function pemIn(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const pem = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString();
  return pem.includes('-----BEGIN') ? pem.replaceAll('\\n', '\n') : null;
}

/** Reads a list of objects, a list of texts, or one text with spaces or commas between hosts. */
export function readHosts(fields: KnownFields, role: Role): ListedHost[] {
  const [field] = fields[role] ?? [];
  if (!field) return [];
  const hosts = parseHosts(field.value);
  if (!hosts) throw unreadable(field, 'a list of hosts');
  return hosts;
}

/** Returns null if one of them is no host. */
export function parseHosts(value: unknown): ListedHost[] | null {
  const entries: unknown[] =
    typeof value === 'string' ? value.split(/[\s,]+/).filter(Boolean) : [value].flat();
  const hosts = entries.map((entry) =>
    typeof entry === 'string' ? readHostText(entry) : readHostObject(entry),
  );
  return hosts.includes(null) ? null : hosts.filter((host) => host !== null);
}

function readHostText(text: string): ListedHost | null {
  if (isIPv6(text)) return { host: text, port: null, tlsPort: null };
  // A URI may stand where a host is expected, and its password is no part of the host
  const host = hasRedisScheme(text) ? parseRedisUri(text)?.hosts[0] : parseHost(text);
  return host ? { ...host, tlsPort: null } : null;
}

function readHostObject(value: unknown): ListedHost | null {
  if (!isFields(value)) return null;
  const fields = readItem(value);
  const host = readText(fields, 'host') ?? readText(fields, 'otherHost');
  if (!host || host.includes('@')) return null;
  return { host, port: readPort(fields, 'port'), tlsPort: readPort(fields, 'tlsPort') };
}

/** Reads an object in a list. */
function readItem(item: Fields): KnownFields {
  const fields = Object.entries(item)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => ({ name, value, ...findSpelling(wordsOf(name))! }));
  return groupByRole(fields.filter(({ role }) => role).sort((a, b) => a.rank - b.rank));
}

function unreadable({ name }: Field, expected: string): BindingProblem {
  return new BindingProblem(`the field "${name}" is not ${expected}`);
}
