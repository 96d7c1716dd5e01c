/** The operator who browses while others read keys: which answers are errors, and how it searches on. */
import timers from 'node:timers/promises';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import { signIn } from '../../../src/lab/operator-load/operator.ts';

const ORIGIN = 'http://app.example.com';

let asked: string[];
let cookies: (string | null)[];
afterEach(() => jest.restoreAllMocks());

/** Signs in at an app that gives these answers. */
function signInAt(answer: (path: string) => Response) {
  [asked, cookies] = [[], []];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init = {}) => {
    const path = String(url).slice(`${ORIGIN}/operator/`.length);
    if (path === 'sign-in') {
      return new Response('', { status: 303, headers: { 'Set-Cookie': 'operator=1; Path=/' } });
    }
    asked.push(path);
    cookies.push(new Headers(init.headers).get('Cookie'));
    return answer(path);
  });
  return signIn(ORIGIN);
}

it.each([
  [200, { keys: 3 }],
  [303, {}],
  [409, {}],
])('takes an answer with %i for %j', async (status, content) => {
  const { request } = await signInAt(() => new Response('{"keys":3}', { status }));

  expect(await request('keys')).toEqual(content);
  expect(cookies).toEqual(['operator=1']);
});

it.each([400, 404, 503])('takes an answer with %i for an error', async (status) => {
  const { request } = await signInAt(() => new Response('No luck.', { status }));

  await expect(request('keys')).rejects.toThrow(new Problem(`/operator/keys: ${status} No luck.`));
});

it('searches on from where the page before ended, until it is told to stop', async () => {
  const stopping = new AbortController();
  jest.spyOn(timers, 'setTimeout').mockImplementation(async () => {});
  const { browse } = await signInAt((path) => {
    if (path === 'sessions') stopping.abort();
    return new Response(JSON.stringify({ cursor: asked.length < 10 ? `${asked.length}` : null }));
  });
  await browse(stopping.signal);

  expect(asked.slice(0, 4)).toEqual(['keys', 'tree', 'keys/user:1', 'keys/user:1/copies']);
  const search = 'keys?match=*needle*';
  expect(asked.slice(4, 14)).toEqual([
    search,
    ...[5, 6, 7, 8, 9].map((cursor) => `${search}&cursor=${cursor}`),
    ...Array<string>(4).fill(search),
  ]);
  expect(asked.slice(14)).toEqual([
    'redis',
    'redis/commands',
    'redis/slow-log',
    'redis/clients',
    'sessions',
  ]);
});
