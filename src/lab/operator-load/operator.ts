/** An operator who browses, deletes by pattern, and looks at what is very large. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';

export const PASSWORD = randomUUID();

/** From one step to the next. */
const PAUSE = 300; // milliseconds

/** Each step is one or several requests. The page searches on, until enough keys were looked at. */
const STEPS = [
  ['keys'],
  ['tree'],
  ['keys/user:1', 'keys/user:1/copies'],
  Array<string>(10).fill('keys?match=*needle*'),
  ['redis', 'redis/commands', 'redis/slow-log', 'redis/clients'],
  ['sessions'],
];

const LARGE = [
  'keys/large:list',
  'keys/large:list?cursor=5000000',
  'keys/large:list/copies',
  'keys/large:hash',
  'keys/large:value',
  'keys/large:value?cursor=400000000',
  'keys/large:elements',
  'keys/large:field',
];
const COMMANDS = [
  'GET large:value',
  'LRANGE large:list 0 -1',
  'HGETALL large:hash',
  'LLEN large:list',
];

export type Operator = Awaited<ReturnType<typeof signIn>>;

/** All functions throw a problem when the app answers with an error; 409 is none: it stands for what is too large. */
export async function signIn(origin: string) {
  const sent = { method: 'POST', body: new URLSearchParams({ password: PASSWORD }) };
  const { headers } = await ask(`${origin}/operator/sign-in`, sent);
  const Cookie = headers.getSetCookie()[0]!.split(';')[0]!;

  return { request, browse, deleteMatching, lookAtLarge };

  async function request(path: string, init: RequestInit = {}) {
    const sending = ask(`${origin}/operator/${path}`, { ...init, headers: { Cookie } });
    const { status, body } = await sending;
    if (status >= 400 && status !== 409) throw new Problem(`/operator/${path}: ${status} ${body}`);
    return status === 200 ? JSON.parse(body) : {};
  }

  /** Goes on until the signal is aborted. */
  async function browse(signal: AbortSignal): Promise<void> {
    for (let i = 0; !signal.aborted; i++) {
      let cursor = '';
      for (const path of STEPS[i % STEPS.length]!) {
        const page = await request(path + (path.includes('?') ? cursor : ''));
        cursor = page.cursor ? `&cursor=${page.cursor}` : '';
      }
      await sleep(PAUSE, undefined, { signal }).catch(() => {});
    }
  }

  /** Deletes again and again until the signal is aborted. */
  async function deleteMatching(match: string, signal: AbortSignal): Promise<void> {
    const body = new URLSearchParams({ match, most: '1000000', password: PASSWORD });
    const init = { method: 'POST', body, headers: { Cookie }, signal };
    while (!signal.aborted) {
      const answer = await fetch(`${origin}/operator/delete-matching`, init).catch(() => null);
      await answer?.text().catch(() => {}); // the client has left
    }
  }

  async function lookAtLarge(): Promise<void> {
    for (const path of LARGE) await request(path);
    for (const command of COMMANDS)
      await request('command', { method: 'POST', body: new URLSearchParams({ command }) });
    await request('keys/large:list', { method: 'DELETE' });
  }
}
