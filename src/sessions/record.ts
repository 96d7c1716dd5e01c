/** What Redis holds of a session. */

export interface SessionRecord {
  user: string;
  /** Milliseconds since 1970, by Redis' clock. */
  startedAt: number;
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
 */
type Stored = [version: number, startedAt: number, user: string, fields: Fields];

const VERSION = 1;

export function formatRecord({ startedAt, user, fields }: SessionRecord): string {
  return JSON.stringify([VERSION, startedAt, user, fields] satisfies Stored);
}

/** null for what no version has written: its user signs in again. */
export function parseRecord(text: string): SessionRecord | null {
  const stored = parseJson(text);
  if (!Array.isArray(stored)) return null;

  const [, startedAt, user, fields] = stored as Partial<Stored>;
  if (typeof startedAt !== 'number' || typeof user !== 'string' || !fields) return null;
  return { startedAt, user, fields };
}

/** Without what is no JSON, which only another hand than ours can have written. */
export function parseFields(fields: Fields): Record<string, unknown> {
  const values = Object.entries(fields).map(([name, text]) => [name, parseJson(text)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

export function applyChanges(fields: Fields, { written, removed }: Changes): Fields {
  const kept = Object.entries(fields).filter(([name]) => !removed.includes(name));
  return { ...Object.fromEntries(kept), ...written };
}

/** What leads from one state of the fields to the other; null when that is nothing. */
export function findChanges(before: Fields, after: Fields): Changes | null {
  const written = Object.entries(after).filter(([name, value]) => before[name] !== value);
  const removed = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  if (written.length === 0 && removed.length === 0) return null;
  return { written: Object.fromEntries(written), removed };
}

/** undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
