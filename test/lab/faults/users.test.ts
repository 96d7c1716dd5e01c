/** What users find after a sign-out everywhere: of the real app, and of one that only pretends. */
import type { RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import { createEvictedUser, createUser as createOne } from '../../../src/lab/faults/users.ts';
import { bound, startApp } from '../../support/app.ts';
import { startRedis } from '../../support/redis-server.ts';
import { serve } from '../../support/serve.ts';

function createUser(port: number) {
  return createEvictedUser(`http://127.0.0.1:${port}`, '198.51.100.1');
}

function portOf(origin: string): number {
  return Number(new URL(origin).port);
}

/** Signs everybody in, and answers the rest with these statuses. */
function answering(statuses: Record<string, number>): RequestListener {
  return ({ url = '' }, response) => {
    response.setHeader('Set-Cookie', 'session=1');
    response.writeHead(statuses[url] ?? 200).end();
  };
}

/** Signs everybody in, each under a cookie of its own, and knows all of these but one. */
function answeringAllBut(evicted: string): RequestListener {
  let entered = 0;
  return ({ headers: { cookie } }, response) => {
    if (!cookie) response.setHeader('Set-Cookie', `session=${++entered}`);
    response.writeHead(cookie === evicted ? 401 : 200).end();
  };
}

describe('a user who signs in again and again', () => {
  /** Ends with the first sign-in. Returns what came of it, and what the app was asked. */
  async function signIn(status: number) {
    const stopping = new AbortController();
    const asked: string[] = [];
    const origin = await serve(async ({ url, headers: { cookie }, socket }, response) => {
      asked.push(cookie ? `${url} with ${cookie}` : url!);
      stopping.abort();
      if (status === 0) return void socket.destroy();
      response.setHeader('Set-Cookie', 'session=1; Path=/');
      response.writeHead(status).end();
    });
    const found = await createOne(origin, 'bystander').signInUntil(stopping.signal);
    return { ...found, asked };
  }

  it('signs out each time, and counts how long it took', async () => {
    const { times, failures, asked } = await signIn(200);

    expect(times).toEqual([expect.any(Number)]);
    expect(failures).toEqual([]);
    expect(asked).toEqual(['/session/sign-in', '/session/sign-out with session=1']);
  });

  it.each([
    [429, 'HTTP 429'],
    [303, 'HTTP 303'],
    [0, 'TypeError'],
  ])('counts the answer %i as a failure', async (status, failure) => {
    const { times, failures, asked } = await signIn(status);

    expect(times).toHaveLength(1);
    expect(failures).toEqual([failure]);
    expect(asked).toEqual(['/session/sign-in']);
  });

  it('comes from its own address, has its own account, and deletes that', async () => {
    const asked: string[] = [];
    const origin = await serve(async (request, response) => {
      const username = new URLSearchParams(await text(request)).get('username');
      asked.push([request.url, username, request.headers['x-forwarded-for']].join(' '));
      response.end();
    });
    const user = createOne(origin, 'attacker', '203.0.113.7');
    await user.enter('sign-up');
    await user.leave();

    const [entered, left] = asked;
    expect(entered).toMatch(/^\/session\/sign-up attacker-[0-9a-f]{16} 203\.0\.113\.7$/);
    expect(left).toBe(entered!.replace('sign-up', 'delete-account'));
  });

  it('is no user where the app refuses the sign-up', async () => {
    const origin = await serve((_, response) => response.writeHead(303).end());

    await expect(createOne(origin, 'nobody').enter('sign-up')).rejects.toThrow(
      'POST /session/sign-up was answered 303',
    );
  });
});

it('finds nothing wrong with an app that ends all sessions', async () => {
  const { port } = await startApp(bound(await startRedis()));
  const user = await createUser(port);

  expect(await user.findProblems()).toEqual([]);
});

it('finds sessions that go on', async () => {
  const user = await createUser(portOf(await serve(answering({}))));

  expect(await user.findProblems()).toEqual(['sessions that go on after “sign out everywhere”: 4']);
});

it('finds those that go on also where the first session was evicted', async () => {
  const origin = await serve(answeringAllBut('session=1'));
  const user = await createUser(portOf(origin));

  expect(await user.findProblems()).toEqual(['sessions that go on after “sign out everywhere”: 3']);
});

it('takes an error for no end of a session', async () => {
  const statuses: Record<string, number> = {};
  const pretend = answering(statuses);
  const origin = await serve((request, response) => {
    if (request.url === '/session/sign-out-everywhere') statuses['/session/me'] = 500;
    pretend(request, response);
  });
  const user = await createUser(portOf(origin));

  expect(await user.findProblems()).toEqual(['sessions that go on after “sign out everywhere”: 4']);
});

it('takes an error for an answer', async () => {
  const statuses = { '/session/sign-out-everywhere': 503 };
  const user = await createUser(portOf(await serve(answering(statuses))));

  expect(await user.findProblems()).toEqual([]);
});

it('finds error pages where a sign-out was due', async () => {
  const user = await createUser(portOf(await serve(answering({ '/session/me': 500 }))));

  expect(await user.findProblems()).toContain('GET /session/me was answered 500');
});

it('finds an error page also where the sign-out is answered by an error', async () => {
  let entered = 0;
  const origin = await serve(({ url, headers: { cookie } }, response) => {
    if (!cookie) response.setHeader('Set-Cookie', `session=${++entered}`);
    const known = cookie === 'session=1' ? 500 : 200;
    response.writeHead(url === '/session/sign-out-everywhere' ? 503 : known).end();
  });
  const user = await createUser(portOf(origin));

  expect(await user.findProblems()).toEqual(['GET /session/me was answered 500']);
});
