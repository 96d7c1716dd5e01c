/** What Redis holds of a session: a record, under a handle that does not give away the id. */
import { hash, randomBytes } from 'node:crypto';

export interface Owner {
  /** The name, to be shown. */
  user: string;
  /** The id of the account. */
  account: string;
}

export interface SessionRecord extends Owner {
  /** Milliseconds since 1970, by Redis' clock. */
  startedAt: number;
  /** The absolute timeout. A later setting is for later sessions. */
  endsAt: number;
  fields: Fields;
}

/** Each value as JSON text, which merge-script.ts does not look into. */
export type Fields = Record<string, string>;

/** The fields that a request has written and removed. */
export interface Changes {
  written: Fields;
  removed: string[];
}

/**
 * During a rolling deployment two versions of the app read each other's records. A newer version may
 * add elements at the end, which an older one leaves as they are. Records from before accounts had
 * ids end with the fields: they are not read, so their users sign in again.
 */
type Stored = [
  version: number,
  startedAt: number,
  lifetime: number, // seconds
  user: string,
  fields: Fields,
  account: string,
  ...more: unknown[],
];

const VERSION = 1;

/** Every request with a session reads all of its record. */
export const RECORD_LIMIT = 64 * 1024; // bytes

/** Returns 256 bits from the system's random number generator: 43 characters that need no escaping. */
export function createSessionId(): string {
  return randomBytes(32).toString('base64url');
}

export function isSessionId(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/**
 * Returns the name under which a session is stored, listed and ended: 132 bits of a hash. Reading it,
 * in Redis or on a page, does not reveal the id, which alone signs in.
 */
export function handleOf(id: string): string {
  return hash('sha256', id, 'base64url').slice(0, 22);
}

export function formatRecord({ startedAt, endsAt, user, fields, account }: SessionRecord): string {
  const lifetime = (endsAt - startedAt) / 1000;
  return JSON.stringify([VERSION, startedAt, lifetime, user, fields, account] satisfies Stored);
}

/** Returns null for text that is not a record. */
export function parseRecord(text: string): SessionRecord | null {
  const stored = parseJson(text);
  if (!Array.isArray(stored)) return null;

  const [, startedAt, lifetime, user, fields, account] = stored as Stored;
  const isRecord =
    typeof startedAt === 'number' &&
    typeof lifetime === 'number' &&
    typeof user === 'string' &&
    isFields(fields) &&
    typeof account === 'string';
  if (!isRecord) return null;
  return { startedAt, endsAt: startedAt + 1000 * lifetime, user, fields, account };
}

/** Returns undefined for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the changes from one state of the fields to another, or null when there are none. */
export function findChanges(before: Fields, after: Fields): Changes | null {
  const written = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  if (written.length === 0 && removed.length === 0) return null;
  return { written: Object.fromEntries(written), removed };
}

export function applyChanges(fields: Fields, { written, removed }: Changes): Fields {
  const kept = Object.entries(fields).filter(([name]) => !removed.includes(name));
  return { ...Object.fromEntries(kept), ...written };
}

function isFields(value: unknown): value is Fields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((text) => typeof text === 'string');
}
