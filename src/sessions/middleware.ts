/** koa-session, set up for our store: which cookie it sends, and when it saves. */
import type Koa from 'koa';
import type { Context, Middleware, Next } from 'koa';
import session from 'koa-session';
import { createSessionId } from './id.ts';
import type { Sessions } from './sessions.ts';
import { createStore, SessionEnded } from './store.ts';

/**
 * Over HTTPS the prefix makes browsers refuse a cookie of that name from a sibling subdomain. It is
 * not among the names that make the platform's router sticky, as JSESSIONID is.
 */
const COOKIE = '__Host-session';
const COOKIE_WITHOUT_TLS = 'session';

/** Of this name, the router adds a cookie of its own that pins the browser to an instance. */
const STICKY_COOKIE = 'JSESSIONID';

/**
 * To be mounted on the routes that need a session: all others stay without cost. Saves what changed
 * once the routes are done, and nothing when they throw.
 *
 * No cookie is signed: an id of 256 random bits cannot be guessed, so there is no secret to share.
 */
export function createSessionMiddleware(
  app: Koa,
  sessions: Sessions,
  isSticky = false,
): Middleware {
  const loadSession = session(
    {
      ContextStore: createStore(sessions),
      genid: createSessionId,
      externalKey: { get: readCookie, set: writeCookie },
      signed: false,
      sameSite: 'lax',
      autoCommit: false,
    },
    app,
  );

  return async (ctx: Context, next) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.sessionOptions.key = nameCookie(ctx);
    await loadSession(ctx, () => saveAfter(ctx, next));
  };

  function nameCookie(ctx: Context): string {
    if (isSticky) return STICKY_COOKIE;
    return ctx.secure ? COOKIE : COOKIE_WITHOUT_TLS;
  }
}

async function saveAfter(ctx: Context, next: Next): Promise<void> {
  const { session } = ctx;
  const cookies = ctx.res.getHeader('Set-Cookie') ?? [];
  try {
    await next();
    // What has changed is for the store to find: koa-session compares no more than checksums
    if (ctx.session?.user) await ctx.session.save();
    // This commits for whatever has taken the session's place, even for null
    else await session.manuallyCommit();
  } catch (error) {
    // A sign-in or sign-out that failed has changed nothing: the browser keeps what it has
    if (!(error instanceof SessionEnded)) ctx.res.setHeader('Set-Cookie', cookies);
    throw error;
  }
}

function readCookie(ctx: Context): string {
  return ctx.cookies.get(ctx.sessionOptions.key) ?? '';
}

/** Not for the same id again: an answer that comes late would put it in the place of a newer one. */
function writeCookie(ctx: Context, id: string): void {
  if (id === readCookie(ctx)) return;
  ctx.cookies.set(ctx.sessionOptions.key, id, ctx.sessionOptions);
}
