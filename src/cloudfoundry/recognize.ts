/** Recognizes the fields of a binding by their names, and some by their values. */
import { connectionStringIn } from './connection-strings.ts';
import { type Field, textOf } from './fields.ts';
import { findSpelling, type Role, type Spelling, wordsOf } from './spellings.ts';

/** A field whose meaning is known. */
export interface Known extends Field, Spelling {
  /** The words before the known name: `redis` in REDIS_HOST. */
  prefix: string;
}

/** Roles in which a URI is not the connection string. Swisscom writes the name of the primary as one. */
const KEEP_URIS: Role[] = ['sentinels', 'clusterNodes', 'reader', 'masterName'];

/** Some call it a URI or a connection string, and write no more than `host:port`. */
const HOST_IN_URI = /^[\w.-]+(\.[\w-]+|:\d+)$/;

/** The page of a console, or a REST API. */
const OTHER_SCHEME = /^(?!redis|valkey)\w+:\/\//i;

/** Words before the name of a field that do not say whose field it is. */
const NEUTRAL = new Set(
  (
    'access at attribute attributes auth authentication binding certificate certificates config ' +
    'connection credentials data details info login master params parameters primary properties ' +
    'quarkus security server spring ssl status tls user users'
  ).split(' '),
);

/** Words in the name of a connection string that do not say whose it is. */
const NEUTRAL_IN_STRINGS = new Set(
  'composed connectionstring dsn external internal private public secure string strings uri url'.split(
    ' ',
  ),
);

/** Words in the names of connection strings to replicas, or with a spare password. */
const NOT_FOR_USE = new Set('read reader readonly replica replicas ro secondary slave'.split(' '));

/** Returns the fields whose meaning is known. */
export function recognize(fields: Field[]): Known[] {
  const names = withoutCommonEnding(fields.map(({ name }) => wordsOf(name)));
  return fields
    .map((field, index) => recognizeOne(field, names[index]!))
    .filter((known) => known !== null);
}

/** NAIS names every field after the instance, too: VALKEY_HOST_SESSIONS, VALKEY_PORT_SESSIONS. */
function withoutCommonEnding(names: string[][]): string[][] {
  const last = names[0]?.at(-1);
  if (names.length < 2 || last === undefined || names.some(findSpelling)) return names;
  if (names.some((words) => words.at(-1) !== last)) return names;
  return withoutCommonEnding(names.map((words) => words.slice(0, -1)));
}

function recognizeOne(field: Field, words: string[]): Known | null {
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
