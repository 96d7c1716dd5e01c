/** Sessions as Redis holds them: a record for each, and for each user the handles of theirs. */
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Clock } from '../redis/clock.ts';
import { explain } from '../redis/explain.ts';
import { ENDED_CHANNEL, sessionKey, userSessionsKey } from '../redis/names.ts';
import { createMerge, type Outcome } from './merge.ts';
import { createReader, firstReply, throwErrorsOf } from './read.ts';
import {
  applyChanges,
  type Changes,
  type Fields,
  formatRecord,
  parseRecord,
  type SessionRecord,
} from './record.ts';

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

export type Sessions = ReturnType<typeof createSessions>;

const LISTED = 100;
const ENDED_AT_A_TIME = 1000;

/**
 * Every promise below is kept without a lock, under any interleaving of instances, on one server as
 * on a Cluster, by these rules:
 *
 * - Only `start` begins a session. All else changes a record that is there, or removes it; `move`
 *   goes on from the record that it has removed.
 * - A record comes before its handle in the user's index, and goes before it. A handle without a
 *   record is harmless and is swept out; a record without a handle would escape `endAll`.
 *
 * All functions throw what Redis throws.
 */
export function createSessions(
  redis: RedisClient,
  { clock, timeouts, log }: { clock: Clock; timeouts: Timeouts; log: Log },
) {
  const read = createReader(redis);
  const merge = createMerge(redis);

  return { start, find, change, move, end, endAll, isOf, list };

  /** Begins a session, in one round trip. */
  async function start(handle: string, user: string, fields: Fields): Promise<SessionRecord> {
    const startedAt = clock.now();
    const record = { user, fields, startedAt, endsAt: startedAt + timeouts.absolute };
    await create(handle, record);
    return record;
  }

  /** Reads a session, which begins its idle timeout anew. null when there is none. */
  async function find(handle: string): Promise<SessionRecord | null> {
    const text = await read(sessionKey(handle), timeouts.idle);
    const record = text === null ? null : parseRecord(text);
    if (!record || clock.now() < record.endsAt) return record;

    await end(record.user, handle);
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
  async function move(
    from: string,
    to: string,
    record: SessionRecord,
    changes: Changes,
  ): Promise<boolean> {
    // First, so that an endAll from now on finds the one or the other
    await create(to, record);
    const latest = await take(from);
    if (latest) {
      const moved = { ...latest, fields: applyChanges(latest.fields, changes) };
      const text = formatRecord(moved);
      if (await redis.set(sessionKey(to), text, 'PX', timeouts.idle, 'XX')) {
        await redis.zrem(userSessionsKey(record.user), from);
        announce([from]);
        return true;
      }
    }
    await end(record.user, to);
    return false;
  }

  /** Ends a session. Returns 0 when it was at an end already, otherwise 1. */
  async function end(user: string, handle: string): Promise<number> {
    const ended = await redis.unlink(sessionKey(handle));
    await redis.zrem(userSessionsKey(user), handle);
    announce([handle]);
    return ended;
  }

  /**
   * Ends all of a user's sessions; `handle` is one that is known. Returns how many there were. A
   * Redis that evicts keys may have evicted the index: then only that one is found.
   */
  async function endAll(user: string, handle?: string): Promise<number> {
    const index = userSessionsKey(user);
    let known = handle ? [handle] : [];
    let ended = 0;
    // Until none is left, as one may be moving from one handle to another
    for (;;) {
      const indexed = await redis.zrevrange(index, 0, ENDED_AT_A_TIME - 1);
      const handles = [...new Set([...known, ...indexed])];
      if (handles.length === 0) return ended;

      const removed = await Promise.all(handles.map((each) => redis.unlink(sessionKey(each))));
      await redis.zrem(index, ...handles);
      announce(handles);
      ended += removed.filter(Boolean).length;
      known = [];
    }
  }

  async function isOf(user: string, handle: string): Promise<boolean> {
    return (await redis.zscore(userSessionsKey(user), handle)) !== null;
  }

  /** A user's sessions, the newest first, at most a hundred. Looking at them extends none. */
  async function list(user: string): Promise<ListedSession[]> {
    const index = userSessionsKey(user);
    const now = clock.now();
    await redis.zremrangebyscore(index, '-inf', now);
    const handles = await redis.zrevrange(index, 0, LISTED - 1);
    const sessions = await Promise.all(handles.map(look));

    const gone = handles.filter((_, position) => sessions[position] === 'gone');
    if (gone.length > 0) await redis.zrem(index, ...gone);
    return sessions.filter((session) => session !== 'gone' && session !== 'unreadable');
  }

  async function look(handle: string): Promise<ListedSession | 'gone' | 'unreadable'> {
    const key = sessionKey(handle);
    const [text, timeLeft] = await Promise.all([redis.get(key), redis.pttl(key)]);
    if (text === null) return 'gone';
    const record = parseRecord(text);
    if (!record) return 'unreadable';
    // Every request has set the time left to the idle timeout
    return { ...record, handle, lastSeenAt: clock.now() - (timeouts.idle - timeLeft) };
  }

  async function create(handle: string, record: SessionRecord): Promise<void> {
    const index = userSessionsKey(record.user);
    const stored = redis.set(sessionKey(handle), formatRecord(record), 'PX', timeouts.idle);
    // One connection keeps the order; the nodes of a Cluster have one each
    if (redis.isCluster) await stored;
    const indexed = redis
      .multi()
      .zremrangebyscore(index, '-inf', clock.now())
      .zadd(index, record.endsAt, handle)
      .pexpire(index, timeouts.absolute)
      .exec();
    const [, replies] = await Promise.all([stored, indexed]);
    throwErrorsOf(replies);
  }

  /** Whoever gets the record has ended the session: nobody else does. */
  async function take(handle: string): Promise<SessionRecord | null> {
    const key = sessionKey(handle);
    const text = firstReply(await redis.multi().get(key).unlink(key).exec());
    return text === null ? null : parseRecord(text);
  }

  /** Tells open pages. The sessions have ended whether or not anybody hears of it. */
  function announce(handles: string[]): void {
    redis.publish(ENDED_CHANNEL, handles.join(' ')).catch((error: Error) => {
      log(`The end of a session could not be announced: ${explain(error)}`);
    });
  }
}
