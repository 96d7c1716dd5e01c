/** What Redis holds of a session. */

export interface Owner {
  /** The name, to be shown. */
  user: string;
  /** The id of the account, to which the session belongs. */
  account: string;
}

export interface SessionRecord extends Owner {
  /** Milliseconds since 1970, by Redis' clock. */
  startedAt: number;
  /** The absolute timeout, as it was at the start: a later setting is for later sessions. */
  endsAt: number;
  fields: Fields;
}

/** Each value as JSON: the script that merges fields inside Redis must not read them. */
export type Fields = Record<string, string>;

/** The fields that a request has written and removed. */
export interface Changes {
  written: Fields;
  removed: string[];
}

/**
 * During a rolling deployment two versions of the app read each other's records. So a newer one may
 * add elements at the end, which an older one leaves alone, and tells by the first what it reads.
 * The version before had no account at the end: it reads these records, and none of its own is read
 * here, so that their users sign in again.
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

/** Fields of these names would take the place of what koa-session's own object has under them. */
const NAMES_OF_KOA_SESSION = [
  'commit',
  'externalKey',
  'isNew',
  'length',
  'manuallyCommit',
  'maxAge',
  'populated',
  'regenerate',
  'save',
  'toJSON',
];

export function formatRecord({ startedAt, endsAt, user, fields, account }: SessionRecord): string {
  const lifetime = (endsAt - startedAt) / 1000;
  return JSON.stringify([VERSION, startedAt, lifetime, user, fields, account] satisfies Stored);
}

/** Returns null for what no version from this one on has written: its user signs in again. */
export function parseRecord(text: string): SessionRecord | null {
  const stored = parseJson(text);
  if (!Array.isArray(stored)) return null;

  const [, startedAt, lifetime, user, fields, account] = stored as Stored;
  const isRead =
    typeof startedAt === 'number' &&
    typeof lifetime === 'number' &&
    typeof user === 'string' &&
    isFields(fields) &&
    typeof account === 'string';
  return isRead ? { startedAt, endsAt: startedAt + 1000 * lifetime, user, fields, account } : null;
}

/** Returns the fields as they are shown to koa-session. */
export function parseFields(fields: Fields): Record<string, unknown> {
  const shown = Object.entries(fields).filter(([name, text]) => isShown(name, text));
  return Object.fromEntries(shown.map(([name, text]) => [name, parseJson(text)]));
}

export function applyChanges(fields: Fields, { written, removed }: Changes): Fields {
  const kept = Object.entries(fields).filter(([name]) => !removed.includes(name));
  return { ...Object.fromEntries(kept), ...written };
}

export function pick(fields: Fields, names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

/** What leads from one state of the fields to the other; null when that is nothing. */
export function findChanges(before: Fields, after: Fields): Changes | null {
  const written = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const missing = Object.entries(before).filter(([name]) => !Object.hasOwn(after, name));
  const removed = missing.filter(([name, text]) => isShown(name, text)).map(([name]) => name);
  if (written.length === 0 && removed.length === 0) return null;
  return { written: Object.fromEntries(written), removed };
}

/**
 * Returns false for what only another hand than ours can have written: text that is no JSON, and
 * names that koa-session has for itself. It saves none with an underscore.
 */
function isShown(name: string, text: string): boolean {
  const isReserved = name.startsWith('_') || NAMES_OF_KOA_SESSION.includes(name);
  return !isReserved && parseJson(text) !== undefined;
}

function isFields(value: unknown): value is Fields {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.values(value).every((text) => typeof text === 'string');
}

/** undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
