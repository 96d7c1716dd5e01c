/** The users of each scenario: what they ask, and what is left when they leave. */
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import type { Visitor } from '../../../src/lab/load-test/visitors/visitor.ts';
import { type Scenario, Visitors } from '../../../src/lab/load-test/visitors/visitors.ts';
import { serve } from '../../support/serve.ts';

const NAMES = Array.from({ length: 10 }, (_, i) => `user-${i}`);

function createVisitors(origin: string, scenario: Scenario): Visitors {
  return new Visitors({ origin, scenario, names: NAMES, password: 'secret' });
}

/** Returns the names of so many requests, each of which is answered with success. */
function ask(visitor: Visitor, count: number): string[] {
  return Array.from({ length: count }, () => {
    const exchange = visitor.next();
    const status = exchange.method === 'PUT' ? 201 : 200;
    exchange.judge({ status, body: '', cookies: [] });
    return exchange.name;
  });
}

const SIGN_IN = 'POST /session/sign-in';
const ME = 'GET /session/me';
const FIELD = '/session/data/:field';

it.each<[Scenario, string[]]>([
  ['keys', ['PUT /:key', 'GET /:key', 'DELETE /:key', 'GET /:key', 'PUT /:key']],
  ['signed-in', [SIGN_IN, ME, ME, ME, ME]],
  ['sessions', [SIGN_IN, ME, `PUT ${FIELD}`, `GET ${FIELD}`, ME]],
  ['mixed', [SIGN_IN, 'PUT /:key', ME, 'GET /:key', `PUT ${FIELD}`]],
])('%s: a user asks %j', (scenario, names) => {
  expect(ask(createVisitors('http://127.0.0.1', scenario).all[0]!, 5)).toEqual(names);
});

describe('users', () => {
  let asked: string[];
  let mostAtATime: number;

  /** Answers with success, but 503 to what is refused, as `sign-up user-3` or `DELETE user-3`. */
  async function startApp(refused: string[] = []): Promise<string> {
    asked = [];
    mostAtATime = 0;
    let running = 0;
    return serve(async (request, response) => {
      mostAtATime = Math.max(mostAtATime, ++running);
      const user = new URLSearchParams(await text(request)).get('username');
      const path = request.url!.split('/').at(-1)!;
      const what = user ? `${path} ${user}` : `${request.method} ${path}`;
      asked.push(what);
      await sleep(20); // while others may come
      running--;
      const success = path === 'sign-up' ? 201 : 200;
      response.writeHead(refused.includes(what) ? 503 : success).end('as it is');
    });
  }

  /** The users who have asked for it. */
  function usersOf(way: string): string[] {
    return asked.flatMap((each) => (each.startsWith(way) ? each.split(' ')[1]! : [])).toSorted();
  }

  it('sign up, a handful at a time, and remove their accounts and keys', async () => {
    const users = createVisitors(await startApp(), 'mixed');
    await users.signUp();

    expect(users.countLogins()).toBe(10);
    expect(asked.toSorted()).toEqual(NAMES.map((name) => `sign-up ${name}`));
    expect(mostAtATime).toBeLessThanOrEqual(4);

    asked = [];
    expect(await users.leave()).toEqual([]);
    expect(asked.toSorted()).toEqual([
      ...NAMES.map((name) => `DELETE ${name}`),
      ...NAMES.map((name) => `delete-account ${name}`),
    ]);
  });

  it('remove the accounts that they have, or may have, when one cannot sign up', async () => {
    const users = createVisitors(await startApp(['sign-up user-0']), 'sessions');
    const signingUp = users.signUp();

    await expect(signingUp).rejects.toThrow(Problem);
    await expect(signingUp).rejects.toThrow('POST /session/sign-up failed: HTTP 503. as it is');
    const signedUp = usersOf('sign-up');
    expect(signedUp.length).toBeLessThan(10); // no other has begun
    await users.leave();

    expect(usersOf('sign-up')).toEqual(signedUp); // nobody comes while all leave
    expect(usersOf('delete-account')).toEqual(signedUp);
    expect(users.countLogins()).toBe(signedUp.length - 1);
  });

  it('are named when a key or an account of theirs is left', async () => {
    const refused = ['DELETE user-3', 'delete-account user-7'];
    const users = createVisitors(await startApp(refused), 'mixed');
    await users.signUp();

    expect((await users.leave()).toSorted()).toEqual(['user-3', 'user-7']);
  });

  it('have no account to remove where only keys are asked for', async () => {
    const users = createVisitors(await startApp(), 'keys');
    await users.signUp();
    await users.leave();

    expect(users.countLogins()).toBe(0);
    expect(asked.toSorted()).toEqual(NAMES.map((name) => `DELETE ${name}`));
  });
});
