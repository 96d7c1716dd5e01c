/** Sessions as Redis holds them: a record for each, and for each account the handles of its own. */
import { createByteBudget } from '../limits/byte-budget.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Clock } from '../redis/clock.ts';
import { explain } from '../redis/explain.ts';
import { ENDED_CHANNEL, sessionKey } from '../redis/names.ts';
import { createMerge, type Outcome, RECORD_LIMIT } from './merge.ts';
import { createReader } from './read.ts';
import {
  type Changes,
  type Fields,
  formatRecord,
  type Owner,
  parseRecord,
  pick,
  type SessionRecord,
} from './record.ts';
import { createSearch } from './search.ts';
import { createSessionIndex } from './session-index.ts';

export interface Timeouts {
  /** Milliseconds after its last request that a session ends. */
  idle: number;
  /** Milliseconds after its start that a session ends, whatever happens. */
  absolute: number;
}

export interface ListedSession extends SessionRecord {
  handle: string;
  lastSeenAt: number;
}

export interface EndAll {
  /** The handle of a session that is known to be there. */
  known?: string;
  /** The handle of the one session that goes on. */
  except?: string;
  /** When the last of the account's sessions ends, if that is known. */
  until?: number;
}

export type Sessions = ReturnType<typeof createSessions>;

/** Redis keeps a record in its own memory until it is sent: see redis/values.ts. */
const REPLIES = {
  size: 4 * 1024 * 1024, // bytes
  patience: 800, // milliseconds
  what: 'reads of sessions',
};

const LISTED = 100;
const LOOKED_AT_AT_A_TIME = 8;
const ENDED_AT_A_TIME = 1000;

/** KEYS: a record. Returns it, and removes it. */
const TAKE = `
local text = redis.call('GET', KEYS[1])
redis.call('UNLINK', KEYS[1])
return text`;

/**
 * Every promise below is kept without a lock, under any interleaving of instances, on one server as
 * on a Cluster, by these rules:
 *
 * - Only `start` begins a session. All else changes a record that is there, or removes it; `move`
 *   goes on from the record that it has removed.
 * - A record comes before its handle in the account's index, and goes before it. A handle without a
 *   record is harmless and is swept out; a record without a handle would escape `endAll`.
 * - Sessions belong to the id of an account. The next owner of its name has another id.
 *
 * All functions throw what Redis throws; those that read throw NoRoom when too many read at a time.
 */
export function createSessions(
  redis: RedisClient,
  { clock, timeouts, log }: { clock: Clock; timeouts: Timeouts; log: Log },
) {
  const read = createReader(redis);
  const merge = createMerge(redis);
  const index = createSessionIndex(redis);
  const search = createSearch(redis);
  const replies = createByteBudget(REPLIES);

  return { start, find, change, move, end, endAll, forget: index.forget, isOf: index.has, list };

  /**
   * Begins a session, in one round trip. `othersUntil` is the time at which the last of the
   * account's earlier sessions ends: if the index is missing before then, Redis has evicted it.
   */
  async function start(
    handle: string,
    owner: Owner,
    fields: Fields,
    othersUntil = 0,
  ): Promise<SessionRecord> {
    const startedAt = clock.now();
    const record = { ...owner, fields, startedAt, endsAt: startedAt + timeouts.absolute };
    await create(handle, record, othersUntil);
    return record;
  }

  /** Reads a session, which begins its idle timeout anew. null when there is none. */
  async function find(handle: string): Promise<SessionRecord | null> {
    const key = sessionKey(handle);
    const text = await replies.run(RECORD_LIMIT, () => read(key, timeouts.idle));
    const record = text === null ? null : parseRecord(text);
    if (!record || clock.now() < record.endsAt) return record;

    await end(record.account, handle);
    return null;
  }

  /** Changes some fields. Of two requests that write the same one, the later wins. */
  async function change(handle: string, changes: Changes): Promise<Outcome> {
    return merge(sessionKey(handle), changes, timeouts.idle);
  }

  /**
   * Gives a session that was just read another handle, with what others have written to it since.
   * Returns false when it has ended: then nothing is left of it.
   */
  async function move(from: string, to: string, record: SessionRecord): Promise<boolean> {
    // First, so that an endAll from now on finds the one or the other
    await create(to, record, record.endsAt);
    const text = await take(from);
    const isMoved =
      text !== null && (await redis.set(sessionKey(to), text, 'PX', timeouts.idle, 'XX')) !== null;
    if (!isMoved) {
      await end(record.account, to);
      return false;
    }
    await index.remove(record.account, from);
    announce([from]);
    return true;
  }

  /** Ends a session. Returns 0 when it was at an end already, otherwise 1. */
  async function end(account: string, handle: string): Promise<number> {
    const ended = await redis.unlink(sessionKey(handle));
    await index.remove(account, handle);
    announce([handle]);
    return ended;
  }

  /**
   * Ends all sessions of an account, and returns how many there were. Where Redis has evicted the
   * index, before or meanwhile, it looks for them in all that Redis holds.
   */
  async function endAll(account: string, { known, except, until }: EndAll = {}): Promise<number> {
    const isKnownMissing = known !== undefined && !(await index.has(account, known));
    let ended = await endIndexed(account, { known, except });
    const mayBeNone = !known && until !== undefined && until <= clock.now();
    if (!isKnownMissing && (mayBeNone || (await index.isComplete(account)))) return ended;

    const missed = (await search(account)).filter((handle) => handle !== except);
    ended += await endEach(account, missed);
    // One that was moving to another handle meanwhile is in the index by now
    ended += await endIndexed(account, { except });
    // The one that goes on may itself be missing in the index
    if (!except) await index.forgetLost(account);
    return ended;
  }

  async function endIndexed(account: string, { known, except }: EndAll): Promise<number> {
    let first = known ? [known] : [];
    let ended = 0;
    // Until none is left, as one may be moving from one handle to another
    for (;;) {
      const indexed = await index.list(account, ENDED_AT_A_TIME);
      const handles = [...new Set([...first, ...indexed])].filter((handle) => handle !== except);
      if (handles.length === 0) return ended;

      ended += await endEach(account, handles);
      first = [];
    }
  }

  async function endEach(account: string, handles: string[]): Promise<number> {
    if (handles.length === 0) return 0;
    const removed = await Promise.all(handles.map((each) => redis.unlink(sessionKey(each))));
    await index.remove(account, ...handles);
    announce(handles);
    return removed.filter(Boolean).length;
  }

  /**
   * An account's sessions, the newest first, at most a hundred, with those of their fields that are
   * wanted. Looking at them extends none.
   */
  async function list(account: string, wanted: string[] = []): Promise<ListedSession[]> {
    const handles = await index.list(account, LISTED);
    const listed: ListedSession[] = [];
    const gone: string[] = [];
    // Few at a time, because each may have 64 KiB of fields that are not wanted
    for (let first = 0; first < handles.length; first += LOOKED_AT_AT_A_TIME) {
      const some = handles.slice(first, first + LOOKED_AT_AT_A_TIME);
      const sessions = await Promise.all(some.map((handle) => look(handle, wanted)));
      gone.push(...some.filter((_, position) => sessions[position] === 'gone'));
      listed.push(...sessions.filter((session) => session !== 'gone' && session !== 'unreadable'));
    }
    if (gone.length > 0) await index.remove(account, ...gone);
    return listed;
  }

  async function look(
    handle: string,
    wanted: string[],
  ): Promise<ListedSession | 'gone' | 'unreadable'> {
    const key = sessionKey(handle);
    const [text, timeLeft] = await replies.run(RECORD_LIMIT, () =>
      Promise.all([redis.get(key), redis.pttl(key)]),
    );
    if (text === null) return 'gone';
    const record = parseRecord(text);
    if (!record) return 'unreadable';
    if (clock.now() >= record.endsAt) return 'gone';
    // Every request has set the time left to the idle timeout
    const lastSeenAt = clock.now() - (timeouts.idle - timeLeft);
    return { ...record, fields: pick(record.fields, wanted), handle, lastSeenAt };
  }

  async function create(handle: string, record: SessionRecord, othersUntil: number) {
    const { account, endsAt } = record;
    const stored = redis.set(sessionKey(handle), formatRecord(record), 'PX', timeouts.idle);
    try {
      // One connection keeps the order; the nodes of a Cluster have one each
      if (redis.isCluster) await stored;
      const indexed = index.add(account, handle, { endsAt, now: clock.now(), othersUntil });
      await Promise.all([stored, indexed]);
    } catch (error) {
      // Where Redis is full, one of the two may have found room
      await end(account, handle).catch(() => {});
      throw error;
    }
  }

  /** Ends a session and returns its record. Of two callers at a time, one gets it. */
  async function take(handle: string): Promise<string | null> {
    return (await redis.eval(TAKE, 1, sessionKey(handle))) as string | null;
  }

  /** Tells open pages. The sessions have ended whether or not anybody hears of it. */
  function announce(handles: string[]): void {
    redis.publish(ENDED_CHANNEL, handles.join(' ')).catch((error: Error) => {
      log(`The end of a session could not be announced: ${explain(error)}`);
    });
  }
}
