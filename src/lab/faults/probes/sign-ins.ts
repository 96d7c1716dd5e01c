/** A user who signs in and out again, over and over, while others are attacking. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE = 500; // milliseconds
const PATIENCE = 30_000; // milliseconds

export interface SignIns {
  /** How long each sign-in took, in milliseconds. */
  times: number[];
  /** What came instead of 200, as `HTTP 503`. */
  failures: string[];
}

export type Bystander = Awaited<ReturnType<typeof createBystander>>;

/** Signs the user up. Throws when that is refused. */
export async function createBystander(origin: string) {
  const text = () => randomBytes(8).toString('hex');
  const account = new URLSearchParams({ username: `bystander-${text()}`, password: text() });
  const { ok, status } = await post('sign-up', account);
  if (!ok) throw new Error(`POST /session/sign-up was answered ${status}`);

  return { signInUntil, leave };

  /** Goes on until the signal is aborted. */
  async function signInUntil(signal: AbortSignal): Promise<SignIns> {
    const [times, failures]: [number[], string[]] = [[], []];
    while (!signal.aborted) {
      const began = performance.now();
      const { failure, cookie } = await signIn();
      times.push(performance.now() - began);
      if (failure) failures.push(failure);
      else await post('sign-out', new URLSearchParams(), { Cookie: cookie }).catch(() => {});
      await sleep(PAUSE, null, { signal }).catch(() => {});
    }
    return { times, failures };
  }

  /** Removes the account, as far as the app is there for it. */
  async function leave(): Promise<void> {
    await post('delete-account', account).catch(() => {});
  }

  async function signIn() {
    try {
      const { status: answered, headers } = await post('sign-in', account);
      const cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
      return { failure: answered === 200 ? null : `HTTP ${answered}`, cookie };
    } catch (error) {
      return { failure: (error as Error).name, cookie: '' };
    }
  }

  async function post(way: string, body: URLSearchParams, headers: Record<string, string> = {}) {
    const answer = await fetch(`${origin}/session/${way}`, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.arrayBuffer();
    return answer;
  }
}
