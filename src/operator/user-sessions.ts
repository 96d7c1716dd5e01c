/** The sessions of the app's users, as the operator sees and ends them. No id that signs in is known here. */
import type { Redis } from 'ioredis';
import type { Accounts } from '../accounts/accounts.ts';
import type { Clock } from '../redis/clock.ts';
import { handleIn, sessionKey } from '../redis/names.ts';
import { parseJson, parseRecord } from '../sessions/record.ts';
import type { Sessions, Timeouts } from '../sessions/sessions.ts';
import type { Browse } from './browse.ts';
import type { Progress, Sweep } from './sweep.ts';

/** Of users alone: the operator's handles have a prefix. */
const USERS = sessionKey('?'.repeat(22));
/** Each record may have 64 KiB. */
const READ_AT_A_TIME = 8;

interface Parts {
  sessions: Sessions;
  accounts: Accounts;
  browse: Browse;
  sweep: Sweep;
  timeouts: Timeouts;
  clock: Clock;
}

interface ShownSession {
  /** A hash of the session's id, which alone signs in. */
  id: string;
  user: string;
  signedInAt: Date;
  /** The instance index and GUID, with a slash between; absent in sessions of old versions. */
  signedInBy: unknown;
  lastSeenAt: Date;
  endsAt: Date;
}

export type UserSessions = ReturnType<typeof createUserSessions>;

/** All functions throw the errors of Redis. */
export function createUserSessions(parts: Parts) {
  const { sessions, accounts, browse, sweep, timeouts, clock } = parts;
  const filter = { match: USERS, type: null };

  return { list, end, endAllOf, endAll };

  /** Restarts no idle timeout. */
  async function list(cursor: string | null) {
    const { items, ...page } = await browse.readPage({ filter, cursor, at: 'primary', read });
    return { sessions: items, ...page };
  }

  /** Returns 1, or 0 when there is no such session. */
  async function end(handle: string): Promise<number> {
    const record = await sessions.find(handle);
    return record ? sessions.end(record.account, handle) : 0;
  }

  /** Returns the number of sessions that ended; null when no account has the name. */
  async function endAllOf(user: string): Promise<number | null> {
    const account = await accounts.find(user);
    return account && sessions.endAll(account.id);
  }

  /** Ends all sessions that had begun before. */
  function endAll(report: (progress: Progress) => void, signal: AbortSignal): Promise<Progress> {
    return sweep({ filter, includesOwn: true, report, signal, act });

    async function act(_redis: Redis, keys: Buffer[]): Promise<number> {
      const ended = await Promise.all(keys.map((key) => end(handleIn(key.toString()))));
      return ended.reduce((sum, each) => sum + each, 0);
    }
  }

  async function read(redis: Redis, keys: Buffer[], _node: unknown, renew: () => void) {
    const shown: ShownSession[] = [];
    for (let first = 0; first < keys.length; first += READ_AT_A_TIME) {
      const some = keys.slice(first, first + READ_AT_A_TIME);
      const read = await Promise.all(some.map((key) => readOne(redis, key.toString())));
      shown.push(...read.filter((session) => session !== null));
      renew();
    }
    return shown;
  }

  async function readOne(redis: Redis, key: string): Promise<ShownSession | null> {
    const [text, timeLeft] = await Promise.all([redis.get(key), redis.pttl(key)]);
    const record = text === null ? null : parseRecord(text);
    if (!record) return null;
    return {
      id: handleIn(key),
      user: record.user,
      signedInAt: new Date(record.startedAt),
      signedInBy: parseJson(record.fields.signedInBy ?? ''),
      // Every request has set the time left to the idle timeout
      lastSeenAt: new Date(clock.now() - (timeouts.idle - timeLeft)),
      endsAt: new Date(record.endsAt),
    };
  }
}
