/** Sets koa-session up for our store: which cookie it sends, and when it saves. */
import type Koa from 'koa';
import type { Context, Middleware, Next } from 'koa';
import session from 'koa-session';
import { createSessionId } from './record.ts';
import type { Sessions } from './sessions.ts';
import { createStore, SessionEnded } from './koa-session-store.ts';

/** Over HTTPS, browsers refuse a cookie with this prefix from a sibling subdomain. */
const COOKIE = '__Host-session';
const COOKIE_WITHOUT_TLS = 'session';

/** The platform's router pins a browser to an instance when an answer sets a cookie of this name. */
const STICKY_COOKIE = 'JSESSIONID';

/**
 * Returns middleware that loads the session and, after the handlers, saves what they changed; nothing
 * when they throw. Mount it on the routes that need a session, so that others cost Redis nothing.
 *
 * The cookie is not signed: nobody can guess 256 random bits, so there is no secret to share.
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
    // Not manuallyCommit(), whose checksums miss changes
    if (ctx.session?.user) await ctx.session.save();
    // This commits the current ctx.session, also when it is null
    else await session.manuallyCommit();
  } catch (error) {
    // A sign-in or sign-out that failed has changed nothing: the browser keeps its cookie
    if (!(error instanceof SessionEnded)) ctx.res.setHeader('Set-Cookie', cookies);
    throw error;
  }
}

function readCookie(ctx: Context): string {
  return ctx.cookies.get(ctx.sessionOptions.key) ?? '';
}

/** Does not send the same id again: a late answer would replace a newer cookie. */
function writeCookie(ctx: Context, id: string): void {
  if (id === readCookie(ctx)) return;
  ctx.cookies.set(ctx.sessionOptions.key, id, ctx.sessionOptions);
}
