/** The session of a request, for routes that are of no use without one. */
import type { Context } from 'koa';
import type { StoredSession } from '../../sessions/store.ts';

/** A user's own fields have names of their own, apart from those that the app gives a session. */
export type DataField = `data:${string}`;

export interface SignedInSession extends StoredSession {
  /** The instance index and GUID, with a slash between. */
  signedInBy?: string;
  [field: DataField]: string;
}

/** Throws 401 when nobody is signed in. */
export function signedIn(ctx: Context): SignedInSession {
  ctx.assert(ctx.session.user, 401, 'nobody is signed in: POST /session/sign-in');
  return ctx.session;
}

/** As JSON shows it; null for a session of a version that did not store it. */
export function showSignedInBy(signedInBy: unknown) {
  if (typeof signedInBy !== 'string') return null;
  const [index, guid] = signedInBy.split('/');
  return { index: Number(index), guid };
}
