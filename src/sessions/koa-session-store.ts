/**
 * The store behind koa-session, which makes a SessionStore for each request and calls
 *
 * - `get(id)` before the handlers, when the request has a session cookie;
 * - `set(id, session)` for each save: by `save()`, by `regenerate()` with a new id, and by our
 *   middleware after the handlers. A visitor without a session has a new id as well;
 * - `destroy(id)` when the middleware saves `ctx.session = null`, and in `regenerate()` before the new
 *   id is made.
 *
 * koa-session detects changes by checksums, which miss some, and does not notice what regenerate() has
 * saved already. So each `set` compares with what was loaded or saved last, and writes the difference.
 * Most often there is none, and `set` asks Redis nothing.
 */
import type { Context } from 'koa';
import {
  type Fields,
  findChanges,
  handleOf,
  isSessionId,
  type Owner,
  parseJson,
  RECORD_LIMIT,
  type SessionRecord,
} from './record.ts';
import type { Sessions } from './sessions.ts';

/** `ctx.session`. The app may add fields of its own, with values that JSON can hold. */
export interface StoredSession {
  /** The name. A session needs a user and an account, and keeps them. */
  user: string;
  /** The id of the user's account. */
  account: string;
  /** Set by the store. koa-session saves no name with an underscore. */
  readonly _handle: string;
  readonly _startedAt: number;
  readonly _endsAt: number;
  /** For a session that is to begin: when the last of the account's earlier sessions ends. */
  _othersUntil?: number;
}

/** An answer for the client, whose session has ended elsewhere during the request. */
export class SessionEnded extends Error {
  readonly status = 401;
  readonly expose = true;
}

class SessionFull extends Error {
  readonly status = 413;
  readonly expose = true;
}

interface Loaded {
  handle: string;
  /** With those fields alone that koa-session can show. */
  record: SessionRecord;
}

type SavedByKoa = Record<string, unknown>;

/** Fields of these names would hide properties of koa-session's own object. */
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

/** Returns the class for koa-session's option `ContextStore`. */
export function createStore(sessions: Sessions) {
  return class SessionStore {
    readonly #ctx: Context;
    /** The session as this request has last read or saved it. */
    #loaded: Loaded | null = null;

    constructor(ctx: Context) {
      this.#ctx = ctx;
    }

    async get(id: string): Promise<StoredSession | undefined> {
      const handle = handleOf(id);
      const record = isSessionId(id) ? await sessions.find(handle) : null;
      if (!record) {
        // Otherwise the browser would send it again and again, and cost Redis a command each time
        clearCookie(this.#ctx);
        return undefined;
      }
      const { user, account } = record;
      const { fields, values } = readFields(record.fields);
      this.#loaded = { handle, record: { ...record, fields } };
      return Object.assign(values, { user, account }, facts(this.#loaded));
    }

    async set(id: string, saved: SavedByKoa): Promise<void> {
      const { owner, fields } = toRecord(saved);
      const handle = handleOf(id);
      const loaded = this.#loaded;
      // A handler that assigns a new object to ctx.session begins another session
      const isAnother = this.#ctx.session._startedAt === undefined || !isOf(loaded, owner);

      if (handle === loaded?.handle) await this.#change(loaded, owner, fields);
      else if (loaded && !isAnother) await this.#move(loaded, handle, owner, fields);
      else await this.#start(handle, owner, fields);
      Object.assign(this.#ctx.session, facts(this.#loaded!));
    }

    async destroy(): Promise<void> {
      // In regenerate(), ctx.session is still there: set() ends or moves what was loaded
      if (!this.#loaded || this.#ctx.session !== null) return;
      await sessions.end(this.#loaded.record.account, this.#loaded.handle);
    }

    async #change(loaded: Loaded, owner: Owner, fields: Fields) {
      const { handle, record } = loaded;
      if (!isOf(loaded, owner)) throw new Error('A session keeps its user: regenerate() it');
      const changes = findChanges(record.fields, fields);
      if (!changes) return;

      const outcome = await sessions.change(handle, changes);
      if (outcome === 'ended') this.#refuse();
      if (outcome === 'too large')
        throw new SessionFull(`a session may have ${RECORD_LIMIT} bytes`);
      this.#loaded = { handle, record: { ...record, fields } };
    }

    async #move(loaded: Loaded, to: string, owner: Owner, fields: Fields) {
      await this.#change(loaded, owner, fields);
      if (!(await sessions.move(loaded.handle, to, loaded.record))) this.#refuse();
      this.#loaded = { handle: to, record: { ...loaded.record, fields } };
    }

    async #start(handle: string, owner: Owner, fields: Fields) {
      const old = this.#loaded;
      const record = await sessions.start(handle, owner, fields, this.#ctx.session._othersUntil);
      if (old) await sessions.end(old.record.account, old.handle);
      this.#loaded = { handle, record };
    }

    #refuse(): never {
      clearCookie(this.#ctx);
      throw new SessionEnded('the session has ended: sign in again');
    }
  };
}

/** Sets the cookie as koa-session does, with the same name and attributes, but empty. */
export function clearCookie(ctx: Context): void {
  ctx.cookies.set(ctx.sessionOptions.key, null, ctx.sessionOptions);
}

/**
 * Returns the fields that koa-session can show, and their values. Leaves out what no version of this app
 * has written: texts that are no JSON, and names of koa-session's own. Such fields stay in the record as
 * they are.
 */
function readFields(stored: Fields) {
  const fields: Fields = {};
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(stored)) {
    if (name.startsWith('_') || NAMES_OF_KOA_SESSION.includes(name)) continue;
    const value = parseJson(text);
    if (value === undefined) continue;
    fields[name] = text;
    values[name] = value;
  }
  return { fields, values };
}

function facts({ handle, record }: Loaded) {
  return { _handle: handle, _startedAt: record.startedAt, _endsAt: record.endsAt };
}

function isOf(loaded: Loaded | null, { user, account }: Owner): boolean {
  return user === loaded?.record.user && account === loaded.record.account;
}

/** Leaves out the times that koa-session adds, because Redis' clock is the one that counts. */
function toRecord({ user, account, _expire, _maxAge, _session, ...fields }: SavedByKoa) {
  if (typeof user !== 'string' || typeof account !== 'string')
    throw new Error('ctx.session.user and ctx.session.account must say whose session it is');
  const texts = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]);
  const present = texts.filter(([, text]) => text !== undefined);
  return { owner: { user, account }, fields: Object.fromEntries(present) };
}
