/** Ends all sessions of an account, also those that its index has lost. */
import type { Log } from '../log.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Clock } from '../redis/clock.ts';
import { sessionKey } from '../redis/names.ts';
import { announceEnds } from './ended-channel.ts';
import type { SessionIndex } from './session-index.ts';

export interface EndAll {
  /** The handle of a session that is known to exist. */
  known?: string;
  /** The handle of the one session that does not end. */
  except?: string;
  /** When the last of the account's sessions ends, if that is known. */
  until?: number;
}

const AT_A_TIME = 1000;

/**
 * Returns the function that ends all sessions of an account, and returns their number. Where Redis has
 * evicted the index, before or meanwhile, it searches all of Redis for them.
 */
export function createEndAll(redis: RedisClient, index: SessionIndex, clock: Clock, log: Log) {
  return endAll;

  async function endAll(account: string, { known, except, until }: EndAll): Promise<number> {
    const isKnownMissing = known !== undefined && !(await index.has(account, known));
    let ended = await endIndexed(account, { known, except });
    const mayBeNone = !known && until !== undefined && until <= clock.now();
    if (!isKnownMissing && (mayBeNone || (await index.isComplete(account)))) return ended;

    const missed = (await index.search(account)).filter((handle) => handle !== except);
    ended += await endEach(account, missed);
    // A session that was moving during the search is in the index by now
    ended += await endIndexed(account, { except });
    // The index may miss the session that goes on
    if (!except) await index.forgetLost(account);
    return ended;
  }

  async function endIndexed(account: string, { known, except }: EndAll): Promise<number> {
    let first = known ? [known] : [];
    let ended = 0;
    // Until none is left, because a session may be moving to another handle
    for (;;) {
      const indexed = await index.list(account, AT_A_TIME);
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
    announceEnds(redis, handles, log);
    return removed.filter(Boolean).length;
  }
}
