/** Users who notice what a fault does to them, beside those of the load. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SignIns {
  /** How long each sign-in took, in milliseconds. */
  times: number[];
  /** Answers other than 200, as `HTTP 503`. */
  failures: string[];
}

export type User = ReturnType<typeof createUser>;

const PATIENCE = 30_000; // milliseconds
const SIGN_IN_PAUSE = 500; // milliseconds
const ACTIVE_PAUSE = 100; // milliseconds
const SESSIONS = 4;

/** A user with a name and password of its own, not yet signed up. `address` is where it seems to be. */
export function createUser(origin: string, name: string, address?: string) {
  const text = () => randomBytes(8).toString('hex');
  const account = new URLSearchParams({ username: `${name}-${text()}`, password: text() });
  const from: Record<string, string> = address ? { 'X-Forwarded-For': address } : {};

  return { account: account.toString(), enter, signInUntil, leave, ask };

  /** Returns the session's cookie. Throws when the app refuses. */
  async function enter(way: 'sign-up' | 'sign-in'): Promise<string> {
    const { status, cookie } = await ask('POST', way, '', account);
    if (status >= 300) throw new Error(`POST /session/${way} was answered ${status}`);
    return cookie;
  }

  /** Signs in and out until the signal is aborted. */
  async function signInUntil(signal: AbortSignal): Promise<SignIns> {
    const [times, failures]: [number[], string[]] = [[], []];
    while (!signal.aborted) {
      const began = performance.now();
      const { failure, cookie } = await signIn();
      times.push(performance.now() - began);
      if (failure) failures.push(failure);
      else await ask('POST', 'sign-out', cookie).catch(() => {});
      await sleep(SIGN_IN_PAUSE, null, { signal }).catch(() => {});
    }
    return { times, failures };
  }

  async function signIn() {
    try {
      const { status, cookie } = await ask('POST', 'sign-in', '', account);
      return { failure: status === 200 ? null : `HTTP ${status}`, cookie };
    } catch (error) {
      return { failure: (error as Error).name, cookie: '' };
    }
  }

  /** Deletes the account, if the app answers. */
  async function leave(): Promise<void> {
    await ask('POST', 'delete-account', '', account).catch(() => {});
  }

  async function ask(method: string, way: string, cookie: string, body?: URLSearchParams) {
    const answer = await fetch(`${origin}/session/${way}`, {
      method,
      body,
      headers: { ...from, ...(cookie ? { Cookie: cookie } : {}) },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await answer.text();
    const [set = ''] = answer.headers.getSetCookie();
    return { status: answer.status, cookie: set.split(';')[0]!, text };
  }
}

/** A user with several sessions, some of which Redis may evict. Throws when the app refuses one. */
export async function createEvictedUser(origin: string, address: string) {
  const user = createUser(origin, 'evicted', address);
  const cookies = [await user.enter('sign-up')];
  while (cookies.length < SESSIONS) cookies.push(await user.enter('sign-in'));

  return { stayActive, findProblems };

  /** Uses all sessions until the signal is aborted, so that Redis evicts other keys first. */
  async function stayActive(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const cookie of cookies) await readStatus(cookie);
      await sleep(ACTIVE_PAUSE);
    }
  }

  /** Signs out everywhere, with a session that is left, and reports those that go on. */
  async function findProblems(): Promise<string[]> {
    const before = await Promise.all(cookies.map(readStatus));
    const problems = before
      .filter((status) => ![200, 401].includes(status))
      .map((status) => `GET /session/me was answered ${status}`);
    const cookie = cookies.find((_, i) => before[i] === 200);
    if (!cookie) return problems;

    const { status } = await user.ask('POST', 'sign-out-everywhere', cookie);
    if (status !== 200) return problems; // an error promises nothing
    const after = await Promise.all(cookies.map(readStatus));
    const alive = after.filter((each) => each !== 401).length;
    if (alive > 0) problems.push(`sessions that go on after “sign out everywhere”: ${alive}`);
    return problems;
  }

  async function readStatus(cookie: string): Promise<number> {
    return (await user.ask('GET', 'me', cookie)).status;
  }
}
