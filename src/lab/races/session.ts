/** The requests of one session, each to the instance of the caller's choice. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';
import { signUp } from '../peers/exchanges.ts';

const ANSWER_WITHIN = 10_000; // milliseconds
const SIGNED_OUT = 401;

export type Session = Awaited<ReturnType<typeof startSession>>;

/**
 * Signs a new user up. Every method takes the origin of an instance, and throws a problem for an
 * answer that is neither a success nor 401, and for none.
 */
export async function startSession(origin: string, user: string) {
  const headers = {
    Cookie: await signUp(origin, user),
    'Content-Type': 'application/x-www-form-urlencoded',
  };
  return { isSignedIn, write, startWrite, readFields, signOut };

  async function isSignedIn(at: string): Promise<boolean> {
    return (await send(at, 'GET', 'me')).isSignedIn;
  }

  /** Returns false when the session has ended. */
  async function write(at: string, field: string, value: string): Promise<boolean> {
    return (await send(at, 'PUT', `data/${field}`, `data=${value}`)).isSignedIn;
  }

  /**
   * Sends the headers of a write. Resolves when the server asks for the body (100 Continue): its
   * handler has begun. `finish` sends the body, and returns what `write` returns.
   */
  async function startWrite(at: string, field: string, value: string) {
    const what = `PUT data/${field}`;
    const body = `data=${value}`;
    const upload = request(`${at}/session/data/${field}`, {
      method: 'PUT',
      headers: { ...headers, 'Content-Length': body.length, Expect: '100-continue' },
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    upload.flushHeaders();
    await once(upload, 'continue').catch(fail(what));
    return { finish };

    async function finish(): Promise<boolean> {
      upload.end(body);
      const [answer] = (await once(upload, 'response').catch(fail(what))) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return judge(answer.statusCode!, what);
    }
  }

  /** Returns none when the session has ended. */
  async function readFields(at: string): Promise<Record<string, string>> {
    const { isSignedIn, body } = await send(at, 'GET', 'data');
    return isSignedIn ? JSON.parse(body) : {};
  }

  async function signOut(at: string): Promise<void> {
    await send(at, 'POST', 'sign-out');
  }

  async function send(at: string, method: string, path: string, sent?: string) {
    const what = `${method} ${path}`;
    const init = { method, headers, body: sent };
    const url = `${at}/session/${path}`;
    const { status, body } = await ask(url, init, ANSWER_WITHIN).catch(fail(what));
    return { isSignedIn: judge(status, what), body };
  }
}

/** Returns true for a success, and false for 401: the session has ended. */
function judge(status: number, what: string): boolean {
  if (status === SIGNED_OUT) return false;
  if (status >= 200 && status < 300) return true;
  throw new Problem(`${what} of a session was answered with ${status}.`);
}

function fail(what: string) {
  return ({ message }: Error): never => {
    throw new Problem(`${what} of a session got no answer: ${message}.`);
  };
}
