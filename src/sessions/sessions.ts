/** Sessions in Redis: a record for each session, and for each account an index of its sessions. */
import { createByteBudget } from '../limits/byte-budget.ts';
import { SESSION_REPLIES } from '../limits/budgets.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Clock } from '../redis/clock.ts';
import { isForbidden } from '../redis/explain.ts';
import { sessionKey } from '../redis/names.ts';
import type { Confirm } from '../redis/wait-replicas.ts';
import { createEndAll, type EndAll } from './end-all.ts';
import { announceEnds } from './ended-channel.ts';
import { createMerge, type Outcome } from './merge-script.ts';
import {
  type Changes,
  type Fields,
  formatRecord,
  type Owner,
  parseRecord,
  RECORD_LIMIT,
  type SessionRecord,
} from './record.ts';
import { createSessionIndex } from './session-index.ts';

export interface Timeouts {
  /** Milliseconds from a session's last request to its end. */
  idle: number;
  /** Milliseconds from a session's start to its end, at the latest. */
  absolute: number;
}

export interface ListedSession extends SessionRecord {
  handle: string;
  lastSeenAt: number;
}

export type Sessions = ReturnType<typeof createSessions>;

interface Parts {
  clock: Clock;
  timeouts: Timeouts;
  log: Log;
  /** Waits until replicas have the changes of these keys; null: a change is done when Redis says so. */
  confirm?: Confirm | null;
}

const LISTED = 100;
/** Each record may have 64 KiB of fields, few of which are wanted. */
const LOOKED_AT_AT_A_TIME = 8;

/** KEYS: a record. Returns it, and removes it. */
const TAKE = `
local text = redis.call('GET', KEYS[1])
redis.call('UNLINK', KEYS[1])
return text`;

/**
 * These rules keep every promise below without a lock, under any interleaving of instances, on one
 * server and on a Cluster:
 *
 * - Only `start` begins a session. All other functions change a record that exists, or remove it;
 *   `move` goes on from the record that it has removed.
 * - A record is written before its handle is added to the account's index, and removed before it. A
 *   handle without a record does no harm, and `list` removes it; `endAll` would miss a record without
 *   a handle.
 * - Sessions belong to the id of an account. The next owner of its name has another id.
 *
 * All functions throw the errors of Redis. Those that read throw NoRoom when too many read at a time,
 * and those that write throw the error of `confirm`, after the change is made.
 */
export function createSessions(
  redis: RedisClient,
  { clock, timeouts, log, confirm = null }: Parts,
) {
  const merge = createMerge(redis);
  const index = createSessionIndex(redis);
  const removeAll = createEndAll(redis, index, clock, log);
  const replies = createByteBudget(SESSION_REPLIES);
  let hasGetex = true;

  return { start, find, change, move, end, endAll, forget: index.forget, isOf: index.has, list };

  /**
   * Begins a session, in one round trip. `othersUntil` is the time at which the last of the account's
   * earlier sessions ends: an index that is missing before then was evicted.
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
    await confirm?.(sessionKey(handle));
    return record;
  }

  /** Reads a session and restarts its idle timeout. Returns null when there is none. */
  async function find(handle: string): Promise<SessionRecord | null> {
    const text = await replies.run(RECORD_LIMIT, () => read(sessionKey(handle)));
    const record = text === null ? null : parseRecord(text);
    if (!record || clock.now() < record.endsAt) return record;

    await remove(record.account, handle);
    return null;
  }

  /** Changes some fields. Of two requests that write the same field, the later one wins. */
  async function change(handle: string, changes: Changes): Promise<Outcome> {
    const outcome = await merge(sessionKey(handle), changes, timeouts.idle);
    if (outcome === 'merged') await confirm?.(sessionKey(handle));
    return outcome;
  }

  /**
   * Gives a session that was just read another handle, and keeps what others have written since.
   * Returns false when it has ended: then nothing is left of it.
   */
  async function move(from: string, to: string, record: SessionRecord): Promise<boolean> {
    // The new record comes first, so that a parallel endAll finds the one or the other
    await create(to, record, record.endsAt);
    const text = (await redis.eval(TAKE, 1, sessionKey(from))) as string | null;
    const isMoved =
      text !== null && (await redis.set(sessionKey(to), text, 'PX', timeouts.idle, 'XX')) !== null;
    if (isMoved) {
      await index.remove(record.account, from);
      announceEnds(redis, [from], log);
    } else {
      await remove(record.account, to);
    }
    await confirm?.(sessionKey(from), sessionKey(to));
    return isMoved;
  }

  /** Ends a session. Returns 1, or 0 when it had ended before. */
  async function end(account: string, handle: string): Promise<number> {
    const ended = await remove(account, handle);
    await confirm?.(sessionKey(handle));
    return ended;
  }

  /** Ends all sessions of an account, even where Redis has evicted the index. Returns their number. */
  async function endAll(account: string, which: EndAll = {}): Promise<number> {
    const ended = await removeAll(account, which);
    await confirm?.();
    return ended;
  }

  /**
   * Returns an account's sessions, the newest first, at most a hundred, with those of their fields
   * that are wanted. Restarts no idle timeout.
   */
  async function list(account: string, wanted: string[] = []): Promise<ListedSession[]> {
    const handles = await index.list(account, LISTED);
    const listed: ListedSession[] = [];
    const gone: string[] = [];
    for (let first = 0; first < handles.length; first += LOOKED_AT_AT_A_TIME) {
      const some = handles.slice(first, first + LOOKED_AT_AT_A_TIME);
      const sessions = await Promise.all(some.map((handle) => look(handle, wanted)));
      gone.push(...some.filter((_, position) => sessions[position] === 'gone'));
      listed.push(...sessions.filter((session) => session !== 'gone' && session !== 'unreadable'));
    }
    if (gone.length > 0) await index.remove(account, ...gone);
    return listed;
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
      // A full Redis may have stored one of the two
      await remove(account, handle).catch(() => {});
      throw error;
    }
  }

  /** GETEX is one command. Without it (before Redis 6.2, or renamed), two share one round trip. */
  async function read(key: string): Promise<string | null> {
    try {
      if (hasGetex) return await redis.getex(key, 'PX', timeouts.idle);
    } catch (error) {
      if (!isForbidden(error as Error)) throw error;
      hasGetex = false;
    }
    // Not in MULTI, which a full Redis refuses
    const [text] = await Promise.all([redis.get(key), redis.pexpire(key, timeouts.idle)]);
    return text;
  }

  async function remove(account: string, handle: string): Promise<number> {
    const removed = await redis.unlink(sessionKey(handle));
    await index.remove(account, handle);
    announceEnds(redis, [handle], log);
    return removed;
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
    const fields = Object.entries(record.fields).filter(([name]) => wanted.includes(name));
    // Every request has set the time left to the idle timeout
    const lastSeenAt = clock.now() - (timeouts.idle - timeLeft);
    return { ...record, fields: Object.fromEntries(fields), handle, lastSeenAt };
  }
}
