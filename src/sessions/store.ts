/** The store that koa-session calls: the meeting point of its ways and of what Redis holds. */
import type { Context } from 'koa';
import { handleOf, isSessionId } from './id.ts';
import { RECORD_LIMIT } from './merge.ts';
import { type Fields, findChanges, type Owner, parseFields, type SessionRecord } from './record.ts';
import type { Sessions } from './sessions.ts';

/**
 * A session as koa-session shows it. Beside these it has whatever fields the app gives it, each a
 * value that JSON can hold; of those only the changed ones are written.
 */
export interface StoredSession {
  /** Whose session it is. A session must have a user and an account, and keeps them. */
  user: string;
  /** The id of the user's account. */
  account: string;
  /** Not saved by koa-session, as for all names with an underscore: the store fills them in. */
  readonly _handle: string;
  readonly _startedAt: number;
  readonly _endsAt: number;
  /** For a session that is to begin: when the last of the account's earlier sessions ends. */
  _othersUntil?: number;
}

/** An answer for the client: while the request was on its way, its session ended elsewhere. */
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
  record: SessionRecord;
}

type SavedByKoa = Record<string, unknown>;

/** For koa-session's option `ContextStore`: it makes a new one for each request. */
export function createStore(sessions: Sessions) {
  return class SessionStore {
    readonly #ctx: Context;
    /** What Redis held when this request read it. */
    #loaded: Loaded | null = null;

    constructor(ctx: Context) {
      this.#ctx = ctx;
    }

    async get(id: string): Promise<StoredSession | undefined> {
      const handle = handleOf(id);
      const record = isSessionId(id) ? await sessions.find(handle) : null;
      if (!record) {
        // Otherwise the browser would send it, and Redis be asked, for each request to come
        clearCookie(this.#ctx);
        return undefined;
      }
      const values = parseFields(record.fields);
      this.#loaded = { handle, record };
      return Object.assign(
        values,
        { user: record.user, account: record.account },
        facts(this.#loaded),
      );
    }

    /**
     * koa-session's word for whether anything has changed is not reliable; what was loaded is. A
     * session of this request's own making (no `_startedAt`), or of another user, replaces the one
     * that was loaded.
     */
    async set(id: string, saved: SavedByKoa): Promise<void> {
      const { owner, fields } = toRecord(saved);
      const handle = handleOf(id);
      const loaded = this.#loaded;
      const goesOn = this.#ctx.session._startedAt !== undefined && isOf(loaded, owner);

      if (handle === loaded?.handle) await this.#change(loaded, owner, fields);
      else if (loaded && goesOn) await this.#move(loaded, handle, owner, fields);
      else await this.#start(handle, owner, fields);
      Object.assign(this.#ctx.session, facts(this.#loaded!));
    }

    async destroy(): Promise<void> {
      // What was never loaded is not there to end. What is not null now is to have another id: set()
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

function facts({
  handle,
  record,
}: Loaded): Pick<StoredSession, '_handle' | '_startedAt' | '_endsAt'> {
  return { _handle: handle, _startedAt: record.startedAt, _endsAt: record.endsAt };
}

/** Of the same name and attributes as koa-session's own. */
export function clearCookie(ctx: Context): void {
  ctx.cookies.set(ctx.sessionOptions.key, null, ctx.sessionOptions);
}

function isOf(loaded: Loaded | null, { user, account }: Owner): boolean {
  return user === loaded?.record.user && account === loaded.record.account;
}

/** Without the times that koa-session adds: Redis' clock is the one that counts. */
function toRecord({ user, account, _expire, _maxAge, _session, ...fields }: SavedByKoa) {
  if (typeof user !== 'string' || typeof account !== 'string')
    throw new Error('ctx.session.user and ctx.session.account must say whose session it is');
  const texts = Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]);
  const present = texts.filter(([, text]) => text !== undefined);
  return { owner: { user, account }, fields: Object.fromEntries(present) };
}
