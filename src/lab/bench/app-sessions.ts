/** Sessions as the app keeps them, without the account that signing up makes as well. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { sessionKey } from '../../redis/names.ts';
import { createSessionId, formatRecord, handleOf } from '../../sessions/record.ts';
import { createSessions } from '../../sessions/sessions.ts';

const TIMEOUTS = { idle: 30 * 60_000, absolute: 12 * 60 * 60_000 }; // milliseconds

const FIELDS = { signedInBy: JSON.stringify(`0/${randomUUID()}`) };

/** As long as that of an account. */
const createAccountId = () => randomBytes(16).toString('base64url');

export function createAppSessions(redis: Redis) {
  const sessions = createSessions(redis, { clock: Date, timeouts: TIMEOUTS, log: console.log });
  return { start, storeRecord };

  /** Makes what a sign-in makes: the record and its place in the index of the user's sessions. */
  function start(user: string) {
    return sessions.start(
      handleOf(createSessionId()),
      { user, account: createAccountId() },
      FIELDS,
    );
  }

  function storeRecord(user: string) {
    const startedAt = Date.now();
    const endsAt = startedAt + TIMEOUTS.absolute;
    const text = formatRecord({
      user,
      account: createAccountId(),
      startedAt,
      endsAt,
      fields: FIELDS,
    });
    return redis.set(sessionKey(handleOf(createSessionId())), text, 'PX', TIMEOUTS.idle);
  }
}
