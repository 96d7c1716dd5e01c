/** All sessions of an account, on whatever instances they were begun. */
import type { Context } from 'koa';
import type { Log } from '../../log.ts';
import { parseFields } from '../../sessions/record.ts';
import type { ListedSession, Sessions } from '../../sessions/sessions.ts';
import { clearCookie } from '../../sessions/store.ts';
import { createConcurrencyLimit } from '../../limits/concurrency-limit.ts';
import { clientOf } from './credentials.ts';
import { showSignedInBy, signedIn } from './signed-in.ts';

/** A hundred sessions of 64 KiB are 6 MB to read. */
const LISTED_AT_A_TIME = 2;
const PATIENCE = 2000; // milliseconds

export function createListHandlers(sessions: Sessions, log: Log) {
  const takeTurn = createConcurrencyLimit(LISTED_AT_A_TIME, PATIENCE, 'lists of sessions');

  return { list, end };

  async function list(ctx: Context) {
    const { account, _handle } = signedIn(ctx);
    const listed = await takeTurn(() => sessions.list(account, ['signedInBy']), clientOf(ctx));
    ctx.body = listed.map((session) => show(session, _handle));
  }

  async function end(ctx: Context) {
    const { user, account, _handle } = signedIn(ctx);
    const handle = ctx.path.slice('/session/list/'.length);
    // Other people's are as good as not there
    ctx.assert(await sessions.isOf(account, handle), 404, 'no such session');

    const ended = await sessions.end(account, handle);
    if (handle === _handle) clearCookie(ctx);
    log(`Sign-out of ${user} from a list of sessions`);
    ctx.body = { ended };
  }
}

/** What a user may see of a session: never its id, which would sign anybody in. */
function show({ handle, startedAt, lastSeenAt, fields }: ListedSession, current: string) {
  return {
    id: handle,
    signedInAt: new Date(startedAt),
    signedInBy: showSignedInBy(parseFields(fields).signedInBy),
    lastSeenAt: new Date(lastSeenAt),
    current: handle === current,
  };
}
