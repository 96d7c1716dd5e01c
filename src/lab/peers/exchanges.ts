/** The requests of the scenarios, and the answers that they must get. */
import { type Answer, ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';

export interface Exchange {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Under load a running number follows the body, so that every request writes something new. */
  isNumbered?: boolean;
  expected: Expected;
}

/** A body to the byte; or the user in a JSON object whose other fields may change. */
type Expected = { status: number; body: string } | { status: number; user: string };

const ANSWER_WITHIN = 5000; // milliseconds
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const PASSWORD = 'correct horse battery staple';

/** Writes a key now. The exchange reads it. */
export async function prepareRead(origin: string, bytes: number): Promise<Exchange> {
  const key = `read-${bytes}`;
  const value = 'abcdefgh'.repeat(Math.ceil(bytes / 8)).slice(0, bytes);
  await perform(origin, write(key, value));

  return { method: 'GET', path: `/${key}`, headers: {}, expected: { status: 200, body: value } };
}

export function write(key: string, value: string): Exchange {
  return {
    method: 'PUT',
    path: `/${key}`,
    headers: FORM,
    body: `data=${value}`,
    expected: { status: 201, body: 'success' },
  };
}

/** Signs a user up now. The exchange asks who is signed in. */
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

/** Signs a user up now. The exchange changes a field of the session. */
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

/**
 * Sends the request once, and returns the answer with its cookies as the next request sends them.
 * Throws a problem unless the answer is the expected one.
 */
export async function perform(origin: string, exchange: Exchange) {
  const { method, path, headers, body, expected } = exchange;
  const answer = await ask(origin + path, { method, headers, body }, ANSWER_WITHIN).catch(fail);

  if (isExpected(answer, expected)) return { ...answer, cookie: readCookies(answer) };
  throw new Problem(
    `${method} ${path} was answered with ${answer.status} "${answer.body}" instead of ` +
      `${describe(expected)}.`,
  );

  function fail({ message }: Error): never {
    throw new Problem(`${method} ${origin}${path} got no answer: ${message}.`);
  }
}

function readCookies({ headers }: Answer): string {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  return pairs.join('; ');
}

function isExpected({ status, body }: Answer, expected: Expected): boolean {
  if (status !== expected.status) return false;
  return 'user' in expected ? readUser(body) === expected.user : body === expected.body;
}

function describe(expected: Expected): string {
  const { status } = expected;
  return 'user' in expected
    ? `${status} and the user "${expected.user}"`
    : `${status} "${expected.body}"`;
}

function readUser(body: string): unknown {
  try {
    return JSON.parse(body).user;
  } catch {
    return undefined;
  }
}
