/** Sticky sessions, for an app that asks for them by a cookie named JSESSIONID. */
import type { IncomingHttpHeaders } from 'node:http';

const SESSION_COOKIE = 'JSESSIONID';
const INSTANCE_COOKIE = '__VCAP_ID__';

/** The platform's router copies these attributes from the cookie of the app. */
const SHARED_ATTRIBUTES = /^(secure|partitioned|samesite=.*|expires=.*|max-age=(0|-\d+))$/i;

/** The GUID of the instance that a browser sticks to, if it does. */
export function readStickyInstance({ cookie = '' }: IncomingHttpHeaders): string | undefined {
  const cookies = new Map(cookie.split(';').map(splitCookie));
  return cookies.has(SESSION_COOKIE) ? cookies.get(INSTANCE_COOKIE) : undefined;
}

/** The cookie to add to the answer of an instance, if any. */
export function makeStickyCookie(
  fromApp: string[],
  instance: string,
  sticky: string | undefined,
): string | undefined {
  if (fromApp.some((cookie) => isNamed(cookie, INSTANCE_COOKIE))) return undefined;
  const session = fromApp.find((cookie) => isNamed(cookie, SESSION_COOKIE));
  // Its instance is gone: from now on it sticks to this one.
  const hasMoved = sticky !== undefined && sticky !== instance;
  if (!session && !hasMoved) return undefined;

  const attributes = session?.split(';').slice(1).map(trim).filter(isShared) ?? [];
  return [`${INSTANCE_COOKIE}=${instance}`, 'Path=/', 'HttpOnly', ...attributes].join('; ');
}

function splitCookie(pair: string): [string, string] {
  const [name = '', ...value] = pair.split('=');
  return [name.trim(), value.join('=').trim()];
}

function isNamed(cookie: string, name: string): boolean {
  return splitCookie(cookie)[0] === name;
}

function trim(text: string): string {
  return text.trim();
}

function isShared(attribute: string): boolean {
  return SHARED_ATTRIBUTES.test(attribute);
}
