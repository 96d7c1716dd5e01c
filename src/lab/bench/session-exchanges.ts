/** What a client asks that has signed up, with the cookie it got. */
import { Problem } from '../command-line/problem.ts';
import { perform, type Exchange } from './exchange.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const PASSWORD = 'correct horse battery staple';

/** A user signs up now, and asks who is signed in from then on. */
export async function prepareSignedInRead(origin: string): Promise<Exchange> {
  const user = 'reader';
  const Cookie = await signUp(origin, user);
  return {
    method: 'GET',
    path: '/session/me',
    headers: { Cookie },
    expected: { status: 200, user },
  };
}

/** A user signs up now, and changes a field of the session from then on. */
export async function prepareSessionWrite(origin: string): Promise<Exchange> {
  const Cookie = await signUp(origin, 'writer');
  return {
    method: 'PUT',
    path: '/session/data/note',
    headers: { ...FORM, Cookie },
    body: 'data=version-',
    isNumbered: true, // a store that sees no change may write nothing
    expected: { status: 201, body: 'success' },
  };
}

/** Returns the cookie of the new user's session. */
export async function signUp(origin: string, username: string): Promise<string> {
  const { cookie } = await perform(origin, {
    method: 'POST',
    path: '/session/sign-up',
    headers: { ...FORM, Accept: 'application/json' },
    body: new URLSearchParams({ username, password: PASSWORD }).toString(),
    expected: { status: 201, user: username },
  });
  if (!cookie) throw new Problem('POST /session/sign-up set no cookie.');
  return cookie;
}
