/**
 * Sessions in the memory of one instance (SESSIONS=memory), to show why that is wrong: the other
 * instances do not know them, and they end with their instance.
 */
import type { Clock } from '../redis/clock.ts';
import {
  applyChanges,
  type Changes,
  type Fields,
  type Owner,
  type SessionRecord,
} from './record.ts';
import type { EndAll } from './end-all.ts';
import type { ListedSession, Sessions, Timeouts } from './sessions.ts';

interface Kept extends SessionRecord {
  lastSeenAt: number;
}

/** Keeps the promises of createSessions, as long as one instance serves all requests. */
export function createMemorySessions(clock: Clock, timeouts: Timeouts): Sessions {
  const sessions = new Map<string, Kept>();

  return { start, find, change, move, end, endAll, forget, isOf, list };

  async function start(handle: string, owner: Owner, fields: Fields): Promise<SessionRecord> {
    const now = clock.now();
    const record = { ...owner, fields, startedAt: now, endsAt: now + timeouts.absolute };
    sessions.set(handle, { ...record, lastSeenAt: now });
    return record;
  }

  async function find(handle: string): Promise<SessionRecord | null> {
    const session = findLive(handle);
    if (session) session.lastSeenAt = clock.now();
    return session && { ...session };
  }

  async function change(handle: string, changes: Changes) {
    const session = findLive(handle);
    if (!session) return 'ended' as const;
    session.fields = applyChanges(session.fields, changes);
    return 'merged' as const;
  }

  async function move(from: string, to: string) {
    const session = findLive(from);
    if (!session) return false;
    sessions.delete(from);
    sessions.set(to, session);
    return true;
  }

  async function end(_account: string, handle: string): Promise<number> {
    return sessions.delete(handle) ? 1 : 0;
  }

  async function endAll(account: string, { except }: EndAll = {}): Promise<number> {
    const handles = handlesOf(account).filter((handle) => handle !== except);
    for (const handle of handles) sessions.delete(handle);
    return handles.length;
  }

  /** There is no index. */
  async function forget(): Promise<void> {}

  async function isOf(account: string, handle: string): Promise<boolean> {
    return findLive(handle)?.account === account;
  }

  async function list(account: string): Promise<ListedSession[]> {
    return handlesOf(account)
      .map((handle) => ({ ...sessions.get(handle)!, handle }))
      .sort((one, other) => other.startedAt - one.startedAt);
  }

  function handlesOf(account: string): string[] {
    return [...sessions.keys()].filter((handle) => findLive(handle)?.account === account);
  }

  function findLive(handle: string): Kept | null {
    const session = sessions.get(handle);
    if (!session) return null;
    const { endsAt, lastSeenAt } = session;
    if (clock.now() < Math.min(lastSeenAt + timeouts.idle, endsAt)) return session;
    sessions.delete(handle);
    return null;
  }
}
