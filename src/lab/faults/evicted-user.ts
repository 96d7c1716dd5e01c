/** A user with several sessions, some of which Redis may evict. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './attacks/wire.ts';

const SESSIONS = 4;
const PAUSE = 20; // milliseconds
const PATIENCE = 30_000; // milliseconds

/** Resolves when the user has signed up and signed in. Throws when that is refused. */
export async function createEvictedUser(origin: string, { address }: Target) {
  const text = () => randomBytes(8).toString('hex');
  const account = new URLSearchParams({ username: `evicted-${text()}`, password: text() });
  const cookies = [await enter('sign-up')];
  while (cookies.length < SESSIONS) cookies.push(await enter('sign-in'));

  return { stayActive, findProblems };

  /** Goes on until the signal is aborted, so that Redis has reasons to evict other keys first. */
  async function stayActive(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const cookie of cookies) await readStatus(cookie);
      await sleep(PAUSE);
    }
  }

  /** Signs out everywhere, with a session that is left, and looks whether any other goes on. */
  async function findProblems(): Promise<string[]> {
    const before = await Promise.all(cookies.map(readStatus));
    const problems = before.filter((status) => ![200, 401].includes(status));
    const cookie = cookies.find((_, i) => before[i] === 200);
    const said = problems.map((status) => `GET /session/me was answered ${status}`);
    if (!cookie) return said;

    const answer = await ask('POST', '/session/sign-out-everywhere', { Cookie: cookie });
    const hasEnded = answer.status === 200;
    if (!hasEnded) return said;
    const after = await Promise.all(cookies.map(readStatus));
    const alive = after.filter((status) => status !== 401).length;
    return alive === 0
      ? said
      : [...said, `sessions that go on after “sign out everywhere”: ${alive}`];
  }

  async function readStatus(cookie: string): Promise<number> {
    return (await ask('GET', '/session/me', { Cookie: cookie })).status;
  }

  async function enter(way: string): Promise<string> {
    const { ok, status, headers } = await ask('POST', `/session/${way}`, {}, account);
    if (!ok) throw new Error(`POST /session/${way} was answered ${status}`);
    return headers.getSetCookie()[0]!.split(';')[0]!;
  }

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: URLSearchParams,
  ): Promise<Response> {
    const answer = await fetch(origin + path, {
      method,
      headers: { 'X-Forwarded-For': address, ...headers },
      body,
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.arrayBuffer();
    return answer;
  }
}
