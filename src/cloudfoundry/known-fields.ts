/** Sorts the fields of a binding by what they mean. */
import { connectionStringIn, parseConnectionString } from './connection-strings.ts';
import {
  BindingProblem,
  type Field,
  type Fields,
  groupByRole,
  type KnownFields,
  parseHosts,
  textOf,
} from './fields.ts';
import { flatten } from './flatten.ts';
import { findSpelling, type Role, type Spelling, wordsOf } from './spellings.ts';

/** A field whose meaning is known. */
interface Known extends Field, Spelling {
  /** The words before the known name: `redis` in REDIS_HOST. */
  prefix: string;
}

/** Roles that say where Redis is. */
const ADDRESSES: Role[] = ['host', 'hosts', 'uri', 'sentinels', 'clusterNodes', 'otherHost'];

/** Roles in which a URI is not the connection string. Swisscom writes the name of the primary as one. */
const KEEP_URIS: Role[] = ['sentinels', 'clusterNodes', 'reader', 'masterName'];

/** Some call it a URI or a connection string, and write no more than `host:port`. */
const HOST_IN_URI = /^[\w.-]+(\.[\w-]+|:\d+)$/;

/** The page of a console, or a REST API. */
const OTHER_SCHEME = /^(?!redis|valkey)\w+:\/\//i;

/** Words on the way to a field that say nothing of whose field it is. */
const NEUTRAL = new Set(
  (
    'access at attribute attributes auth authentication binding certificate certificates config ' +
    'connection credentials data details info login master params parameters primary properties ' +
    'quarkus security server spring ssl status tls user users'
  ).split(' '),
);

/** The same, in the name of a connection string. */
const NEUTRAL_IN_STRINGS = new Set(
  'composed connectionstring dsn external internal private public string strings uri url'.split(
    ' ',
  ),
);

/** Connection strings of replicas, or with a spare password. */
const NOT_FOR_USE = new Set('read reader readonly replica replicas ro secondary slave'.split(' '));

/**
 * Returns the fields of one server: where names have prefixes, as in REDIS_HOST and SMTP_HOST, those of
 * Redis. Throws BindingProblem if several servers may be meant.
 */
export function readKnownFields(credentials: Fields): KnownFields {
  const known = recognizeAll(flatten(credentials));
  const chosen = choosePrefix(known.filter(isAddress));
  const ofServer = known.filter(({ prefix }) => belongsTo(prefix, chosen));
  return groupByRole(ofServer.sort((a, b) => b.prefix.length - a.prefix.length || a.rank - b.rank));
}

/** Returns the fields of both; those of the first come first. */
export function mergeKnownFields(first: KnownFields, second: KnownFields): KnownFields {
  const merged = { ...first };
  for (const [role, fields] of Object.entries(second) as [Role, Field[]][])
    merged[role] = [...(merged[role] ?? []), ...fields];
  return merged;
}

function recognizeAll(fields: Field[]): Known[] {
  const words = fields.map(({ name }) => wordsOf(name));
  const ending = words.some(findSpelling) ? 0 : countCommonEnding(words);
  return fields
    .map((field, index) => recognize(field, words[index]!.slice(0, words[index]!.length - ending)))
    .filter((known) => known !== null);
}

/** NAIS names every field after the instance, too: VALKEY_HOST_SESSIONS, VALKEY_PORT_SESSIONS. */
function countCommonEnding(names: string[][]): number {
  const [first, ...others] = names.map((words) => words.toReversed());
  if (!first || others.length === 0) return 0;
  const end = first.findIndex((word, index) => others.some((words) => words[index] !== word));
  return Math.max(end, 0);
}

function recognize(field: Field, words: string[]): Known | null {
  const spelling = findSpelling(words);
  if (!listsHosts(field, spelling) && connectionStringIn(field.value))
    return recognizeString(field, words);
  const role = spelling && roleOf(spelling.role, field.value);
  return role && { ...field, ...spelling, role, prefix: withoutNeutral(spelling.prefix) };
}

function listsHosts({ value }: Field, spelling: Spelling | null): boolean {
  if (!spelling) return false;
  if (KEEP_URIS.includes(spelling.role)) return true;
  return spelling.role === 'hosts' && (Array.isArray(value) || /,\w+:\/\//.test(textOf(value)));
}

/** Returns what a field is by its value, if that is not what its name says; null: it is unknown. */
function roleOf(role: Role, value: unknown): Role | null {
  const text = textOf(value);
  if (role === 'uri' && HOST_IN_URI.test(text)) return 'otherHost';
  if (role === 'host' && OTHER_SCHEME.test(text)) return null;
  if (role === 'password' && text.includes('-----BEGIN')) return 'key';
  if (/^(true|false)$/i.test(text)) {
    if (role === 'password') return null;
    if (role === 'sentinels') return 'sentinelMode';
  }
  return role;
}

/** A connection string may have any name: cf cups -p '{"CACHE": "redis://…"}'. */
function recognizeString(field: Field, words: string[]): Known | null {
  if (words.some((word) => NOT_FOR_USE.has(word)) && !words.includes('write')) return null;
  const telling = words.filter((word) => !NEUTRAL_IN_STRINGS.has(word));
  return { ...field, role: 'uri', rank: words.length, prefix: withoutNeutral(telling) };
}

function withoutNeutral(words: string[]): string {
  return words.filter((word) => !NEUTRAL.has(word)).join(' ');
}

function isAddress({ role, value }: Known): boolean {
  return ADDRESSES.includes(role) && (role !== 'uri' || connectionStringIn(value) !== null);
}

/**
 * Prefers a prefix that names Redis, then none, then that of a connection string, then another; among
 * these, the shortest.
 */
function choosePrefix(addresses: Known[]): string {
  const [first, ...others] = addresses.toSorted(
    (a, b) => strangeness(a) - strangeness(b) || a.prefix.length - b.prefix.length,
  );
  if (!first) return '';
  const rival = others.find(
    (other) =>
      strangeness(other) === strangeness(first) &&
      !`${other.prefix} `.startsWith(`${first.prefix} `) &&
      hostOf(other) !== hostOf(first),
  );
  if (!rival) return first.prefix;
  throw new BindingProblem(
    `its fields "${first.name}" and "${rival.name}" name different servers, and nothing says which of ` +
      'them to use. Bind a service that has the fields of one of them',
  );
}

function strangeness({ prefix, role }: Known): number {
  if (/rediss|valkeys/.test(prefix)) return 0;
  if (/redis|valkey/.test(prefix)) return 1;
  if (prefix === '') return 2;
  return role === 'uri' ? 3 : 4;
}

function hostOf({ value }: Known): unknown {
  const string = connectionStringIn(value);
  const hosts = string ? parseConnectionString(string)?.hosts : parseHosts(value);
  return hosts?.[0]?.host;
}

/** Fields without a prefix are for every server; anynines keeps the login under `redis` or `valkey`. */
function belongsTo(prefix: string, chosen: string): boolean {
  if (prefix === '' || `${chosen} `.startsWith(`${prefix} `)) return true;
  return chosen === '' && /^(redis|valkey)s?$/.test(prefix);
}
