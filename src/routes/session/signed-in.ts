/** The session of the user who is signed in, and the list of all sessions of their account. */
import type { Context } from 'koa';
import type { Instance } from '../../cloudfoundry/instance.ts';
import { clientOf } from '../../http/client.ts';
import { createConcurrencyLimit } from '../../limits/concurrency-limit.ts';
import type { Log } from '../../log.ts';
import type { Clock } from '../../redis/clock.ts';
import { parseJson } from '../../sessions/record.ts';
import type { ListedSession, Sessions, Timeouts } from '../../sessions/sessions.ts';
import { clearCookie, type StoredSession } from '../../sessions/koa-session-store.ts';

/** A user's own fields have a prefix, which keeps them apart from those of the app. */
export type DataField = `data:${string}`;

export interface SignedInSession extends StoredSession {
  /** The instance index and GUID, with a slash between. */
  signedInBy?: string;
  [field: DataField]: string;
}

/** A hundred sessions of 64 KiB are 6 MB to read. */
const LISTED_AT_A_TIME = 2;
const PATIENCE = 2000; // milliseconds

interface Parts {
  sessions: Sessions;
  instance: Instance;
  timeouts: Timeouts;
  clock: Clock;
  log: Log;
}

/** Returns the session of the request. Throws 401 when nobody is signed in. */
export function signedIn(ctx: Context): SignedInSession {
  ctx.assert(ctx.session.user, 401, 'nobody is signed in: POST /session/sign-in');
  return ctx.session;
}

export function createSignedInHandlers({ sessions, instance, timeouts, clock, log }: Parts) {
  const servedBy = { index: instance.index, guid: instance.guid };
  const takeTurn = createConcurrencyLimit(LISTED_AT_A_TIME, PATIENCE, 'lists of sessions');

  return { me, list, end };

  function me(ctx: Context) {
    const { user, signedInBy, _startedAt, _endsAt } = signedIn(ctx);
    const expiresAt = Math.min(clock.now() + timeouts.idle, _endsAt);

    ctx.body = {
      user,
      signedInAt: new Date(_startedAt),
      signedInBy: showSignedInBy(signedInBy),
      servedBy,
      idleTimeout: timeouts.idle / 1000,
      absoluteTimeout: (_endsAt - _startedAt) / 1000,
      expiresAt: new Date(expiresAt),
    };
  }

  async function list(ctx: Context) {
    const { account, _handle } = signedIn(ctx);
    const listed = await takeTurn(() => sessions.list(account, ['signedInBy']), clientOf(ctx));
    ctx.body = listed.map((session) => show(session, _handle));
  }

  async function end(ctx: Context) {
    const { user, account, _handle } = signedIn(ctx);
    const handle = ctx.path.slice('/session/list/'.length);
    // A session of another account gets the same answer as none
    ctx.assert(await sessions.isOf(account, handle), 404, 'no such session');

    const ended = await sessions.end(account, handle);
    if (handle === _handle) clearCookie(ctx);
    log(`Sign-out of ${user} from a list of sessions`);
    ctx.body = { ended };
  }
}

/** Shows the handle of a session, never its id, which would sign anybody in. */
function show({ handle, startedAt, lastSeenAt, fields }: ListedSession, current: string) {
  return {
    id: handle,
    signedInAt: new Date(startedAt),
    signedInBy: showSignedInBy(parseJson(fields.signedInBy ?? '')),
    lastSeenAt: new Date(lastSeenAt),
    current: handle === current,
  };
}

/** Returns null for a session of a version that did not store it. */
export function showSignedInBy(signedInBy: unknown) {
  if (typeof signedInBy !== 'string') return null;
  const [index, guid] = signedInBy.split('/');
  return { index: Number(index), guid };
}
