/** Signs the operator in and out: the sessions of the app, of another kind and with a shorter idle timeout. */
import { hash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { derivePasswordId, type Hashing, normalizePassword } from '../accounts/passwords.ts';
import type { Log } from '../log.ts';
import type { BoundRedis } from '../redis/bound-redis.ts';
import { sessionKey } from '../redis/names.ts';
import { createSessionId, handleOf, isSessionId } from '../sessions/record.ts';
import { createSessions, type Timeouts } from '../sessions/sessions.ts';
import { SESSION_ENDED } from './sentences.ts';
import { createOperatorThrottle } from './throttle.ts';

const IDLE_TIMEOUT = 15 * 60 * 1000; // milliseconds
/** What goes on for a session ends within a second after it. */
const LOOK_EVERY = 500; // milliseconds

/** In front of handles: no session of a user is one of the operator, nor the other way round. */
const HANDLE_PREFIX = 'operator:';

export interface OperatorSession {
  handle: string;
  startedAt: number;
  /** When it ends unless another request comes. */
  expiresAt: number;
  /** When it ends at the latest. */
  endsAt: number;
}

export type SignIns = ReturnType<typeof createSignIns>;

interface Parts {
  redis: BoundRedis;
  password: string;
  timeouts: Timeouts;
  hashing: Hashing;
  log: Log;
}

/** All functions throw the errors of Redis. */
export function createSignIns({ redis, password, timeouts, hashing, log }: Parts) {
  const { writer, clock, confirm } = redis;
  const idle = Math.min(IDLE_TIMEOUT, timeouts.idle);
  const throttle = createOperatorThrottle(writer);
  const parts = { clock, timeouts: { idle, absolute: timeouts.absolute }, confirm, log };
  const sessions = createSessions(writer, parts);
  /** Another password is another account: a change of it ends all sessions. */
  const account = derivePasswordId(password, hashing).then((id) => `operator:${id}`);
  account.catch(() => {}); // the first sign-in throws the same
  /** Addresses from which the last password for one request was right. */
  const right = new Set<string>();

  return { check, checkOften, begin, find, untilEnd, end, endAll };

  /** Returns 0 for the right password, -1 for a wrong one, or the seconds to wait. */
  async function check(guess: string, address: string): Promise<number> {
    const wait = await throttle.count(address);
    if (wait > 0) return wait;
    if (!isSame(guess, password)) {
      log(`Sign-in of the operator failed: from ${address}`);
      return -1;
    }
    await throttle.forgive(address);
    return 0;
  }

  /**
   * Does the same for clients that send the password with each request. As long as it is right, it
   * costs no command, and Redis may be away.
   */
  async function checkOften(guess: string, address: string): Promise<number> {
    if (right.has(address) && isSame(guess, password)) return 0;
    right.delete(address);
    const wait = await check(guess, address);
    if (wait === 0) right.add(address);
    return wait;
  }

  /** Begins a session and returns its id, which signs in. */
  async function begin(): Promise<string> {
    const id = createSessionId();
    await sessions.start(toHandle(id), { user: 'operator', account: await account }, {});
    return id;
  }

  /** Returns null when there is no such session. Restarts its idle timeout. */
  async function find(id: string): Promise<OperatorSession | null> {
    if (!isSessionId(id)) return null;
    const handle = toHandle(id);
    const record = await sessions.find(handle);
    if (record?.account !== (await account)) return null;
    const { startedAt, endsAt } = record;
    return { handle, startedAt, expiresAt: Math.min(clock.now() + idle, endsAt), endsAt };
  }

  /**
   * Returns a signal that is aborted within a second after the session has ended, with a sentence as
   * its reason. With `renews`, the session does not get idle until the client has left.
   */
  function untilEnd(session: OperatorSession, left: AbortSignal, renews: boolean): AbortSignal {
    const ended = new AbortController();
    void waitForEnd().catch(() => {}); // the client has left
    return ended.signal;

    async function waitForEnd(): Promise<void> {
      do await sleep(LOOK_EVERY, undefined, { signal: left });
      while (await isThere(session, renews).catch(() => true)); // Redis is away
      ended.abort(SESSION_ENDED);
    }
  }

  async function isThere({ handle, endsAt }: OperatorSession, renews: boolean): Promise<boolean> {
    if (renews) return (await sessions.find(handle)) !== null;
    return clock.now() < endsAt && (await writer.pttl(sessionKey(handle))) > 0;
  }

  async function end(id: string): Promise<number> {
    return isSessionId(id) ? sessions.end(await account, toHandle(id)) : 0;
  }

  async function endAll(): Promise<number> {
    return sessions.endAll(await account);
  }
}

function toHandle(id: string): string {
  return `${HANDLE_PREFIX}${handleOf(id)}`;
}

/** Takes as long for any guess. */
function isSame(guess: string, password: string): boolean {
  return timingSafeEqual(digest(guess), digest(password));
}

function digest(text: string): Buffer {
  return hash('sha256', normalizePassword(text), 'buffer');
}
