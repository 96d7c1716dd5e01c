/** Limits on wrong passwords, on two instances of the app behind the platform's router. */
import type { Redis } from 'ioredis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { type Accounts, createAccounts } from '../../src/accounts/accounts.ts';
import { consume, createThrottle } from '../../src/accounts/throttle.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { accountKey } from '../../src/redis/names.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';

const PASSWORD = 'correct horse battery staple';
const WRONG = 'wrong horse battery staple';
/** Where all accounts were made. */
const HOME = '192.0.2.1';
/** An address without any sign-in. */
const ELSEWHERE = '198.51.100.1';

let server: RedisServer;
let redis: Redis;
let accounts: Accounts;
/** As Redis holds it. */
let alice: string;
let a: App;
let b: App;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  accounts = createAccounts(redis as RedisClient, () => {});
  [a, b] = await Promise.all([startInstance(), startInstance()]);
  await a.http
    .post('/session/sign-up')
    .set('X-Forwarded-For', HOME)
    .send({ username: 'alice', password: PASSWORD })
    .expect(201);
  alice = (await redis.get(accountKey('alice')))!;
});
beforeEach(async () => {
  await redis.set(accountKey('alice'), alice);
  const counters = await redis.keys('_app:t*');
  if (counters.length > 0) await redis.del(counters);
});

function startInstance(): Promise<App> {
  const VCAP_APPLICATION = JSON.stringify({ name: 'my-app' });
  return startApp({ ...bound({ host: server.host, port: server.port }), VCAP_APPLICATION });
}

/** The last in X-Forwarded-For is what the router has put there. */
const signIn = (app: App, username: string, password: string, forwardedFor = ELSEWHERE) =>
  app.http
    .post('/session/sign-in')
    .set('X-Forwarded-For', forwardedFor)
    .send({ username, password });

/** Counts tries as failed without the work of any, from an address each of them may have. */
async function fail(times: number, nameOf: (i: number) => string, address = ELSEWHERE) {
  const { count } = createThrottle(redis);
  for (let i = 0; i < times; i++) {
    const account = await accounts.find(nameOf(i));
    await count({ name: nameOf(i), address, account });
  }
}

describe('the eleventh wrong password', () => {
  it.each(['alice', 'nobody'])('for %s is refused by either instance', async (name) => {
    await fail(9, () => name);
    await signIn(a, name, WRONG).expect(401);

    for (const app of [a, b]) {
      const { headers, text } = await signIn(app, name, WRONG).expect(429);
      const seconds = Number(headers['retry-after']);
      expect(seconds).toBeGreaterThan(14 * 60);
      expect(seconds).toBeLessThanOrEqual(15 * 60);
      expect(text).toBe('too many failed sign-ins: try again in 15 minutes');
      await signIn(app, name, PASSWORD).expect(429);
    }
  });

  it('is refused also when twenty come at the same time', async () => {
    const tries = Array.from({ length: 20 }, (_, i) => signIn(i % 2 ? a : b, 'alice', WRONG));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
  });

  it('is refused however the name is written', async () => {
    await fail(10, (i) => ['alice', 'ALICE', 'ａｌｉｃｅ'][i % 3]!);
    await signIn(a, 'Alice', PASSWORD).expect(429);
    await fail(10, (i) => ['nobody', 'NOBODY', 'ｎｏｂｏｄｙ'][i % 3]!);
    await signIn(a, 'Nobody', PASSWORD).expect(429);
  });

  it('may come when the quarter of an hour is over', async () => {
    await fail(10, () => 'alice');
    const counters = await redis.keys('_app:t:n*');
    expect(counters).toHaveLength(1);
    expect(await redis.pttl(counters[0]!)).toBeLessThanOrEqual(15 * 60_000);
    await redis.pexpire(counters[0]!, 0);

    await signIn(a, 'alice', PASSWORD).expect(200);
  });

  it('is refused without the work of a hash', async () => {
    await fail(10, () => 'alice');
    const began = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => signIn(a, 'alice', WRONG).expect(429)));
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('the seconds to wait', () => {
  it.each([
    [0, 1],
    [1000, 1],
    [1001, 2],
  ])('for %i ms are %i: after them, no limit refuses', async (msBeforeNext, seconds) => {
    const limit = { consume: jest.fn().mockRejectedValue({ msBeforeNext }) };
    expect(await consume(limit as unknown as RateLimiterRedis, 'key')).toBe(seconds);
  });
});

describe('a try that cannot be counted', () => {
  afterEach(() => redis.config('SET', 'maxmemory', 0));

  it('is not made', async () => {
    await redis.config('SET', 'maxmemory', 1);
    const { count } = createThrottle(redis);
    await expect(count({ name: 'nobody', address: ELSEWHERE, account: null })).rejects.toThrow(
      /OOM/,
    );
    await signIn(a, 'alice', WRONG).expect(507);
  });
});

describe('right passwords', () => {
  it('are all let in, also when twelve come at the same time', async () => {
    const tries = Array.from({ length: 12 }, (_, i) => signIn(i % 2 ? a : b, 'alice', PASSWORD));
    const answers = await Promise.all(tries);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it('make that earlier wrong ones are forgotten', async () => {
    await fail(9, () => 'alice', HOME);
    await signIn(a, 'alice', PASSWORD, HOME).expect(200);

    await signIn(b, 'alice', WRONG, HOME).expect(401);
    await signIn(b, 'alice', WRONG, HOME).expect(401);
  });

  it('do not count against their address', async () => {
    const address = '198.51.100.2';
    await fail(99, (i) => `user-${i}`, address);
    await signIn(a, 'alice', PASSWORD, address).expect(200);

    await signIn(a, 'user-a', WRONG, address).expect(401);
    await signIn(a, 'user-b', WRONG, address).expect(429);
  });
});

describe('the owner of an account', () => {
  it('is let in where they have signed in before, whatever is tried elsewhere', async () => {
    await fail(10, () => 'alice');
    await signIn(a, 'alice', PASSWORD).expect(429);

    await signIn(a, 'alice', PASSWORD, HOME).expect(200);
    await signIn(b, 'alice', PASSWORD, HOME).expect(200);
    await signIn(b, 'alice', PASSWORD).expect(429);
  });

  it('has ten tries there too', async () => {
    await fail(10, () => 'alice', HOME);

    await signIn(a, 'alice', PASSWORD, HOME).expect(429);
    await signIn(a, 'alice', PASSWORD, '198.51.100.3').expect(200);
  });

  it('may sign in from each address where they have done so once', async () => {
    const address = '198.51.100.4';
    await signIn(a, 'alice', PASSWORD, address).expect(200);
    await fail(10, () => 'alice');

    await signIn(b, 'alice', PASSWORD, address).expect(200);
    await signIn(b, 'alice', PASSWORD, HOME).expect(200);
  });

  it('is let in there whatever names others have tried from it, and gives them no more', async () => {
    await fail(100, (i) => `user-${i}`, HOME);

    await signIn(a, 'alice', PASSWORD, HOME).expect(200);
    await signIn(a, 'somebody', WRONG, HOME).expect(429);
    await signIn(b, 'alice', PASSWORD, HOME).expect(200);
  });
});

describe('the next owner of a name', () => {
  it('begins with no wrong passwords, and the former one took theirs along', async () => {
    const post = (path: string) =>
      a.http.post(`/session/${path}`).set('X-Forwarded-For', HOME).send(owner);
    const owner = { username: 'passed-on', password: PASSWORD };
    await post('sign-up').expect(201);
    await fail(10, () => 'passed-on');
    await signIn(a, 'passed-on', PASSWORD).expect(429);
    await post('delete-account').expect(200);
    await post('sign-up').expect(201);

    await signIn(a, 'passed-on', PASSWORD).expect(200);
  });
});

describe('an address', () => {
  it('has a hundred tries for whatever names, and cannot name itself anew', async () => {
    await fail(100, (i) => `user-${i}`);

    await signIn(a, 'somebody', WRONG).expect(429);
    await signIn(b, 'somebody', WRONG, `203.0.113.5, ${ELSEWHERE}`).expect(429);
    await signIn(b, 'somebody', WRONG, `203.0.113.5,203.0.113.6,${ELSEWHERE}`).expect(429);
    const { headers } = await signIn(b, 'alice', PASSWORD).expect(429);
    expect(Number(headers['retry-after'])).toBeGreaterThan(59 * 60);
    await signIn(b, 'somebody', WRONG, `${ELSEWHERE}, 203.0.113.5`).expect(401);
  });

  it('waits for the longer of two times when it has exceeded both limits', async () => {
    const { check, countGuess } = createThrottle(redis);
    await fail(11, () => 'alice');
    for (let i = 0; i < 100; i++) await countGuess(ELSEWHERE);
    const account = await accounts.find('alice');
    const wait = await check({ name: 'alice', address: ELSEWHERE, account });
    expect(wait).toBeGreaterThan(59 * 60);
  });

  it("cannot pass for the owner's", async () => {
    await fail(10, () => 'alice');
    await signIn(a, 'alice', PASSWORD, `${HOME}, ${ELSEWHERE}`).expect(429);
  });

  it('is that of the connection where no router is', async () => {
    const bare = await startApp(bound({ host: server.host, port: server.port }));
    await fail(10, () => 'alice');
    await signIn(bare, 'alice', PASSWORD, HOME).expect(429);
  });
});

describe('nobody is told', () => {
  it('whether there is such a user', async () => {
    await signIn(a, 'warm-up', WRONG).expect(401);
    const known = await watch('alice');
    const unknown = await watch('nobody');

    expect(known.status).toBe(401);
    expect(unknown).toEqual(known);
    await fail(9, () => 'alice');
    await fail(9, () => 'nobody');
    const refused = await watch('alice');
    expect(refused.status).toBe(429);
    expect(await watch('nobody')).toEqual(refused);
  });

  /** All that a client can see, or measure by the work of Redis. */
  async function watch(name: string) {
    let seen = {};
    const commands = await countCommands(redis, async () => {
      const { status, text, headers } = await signIn(a, name, WRONG);
      const { date: _date, 'retry-after': retryAfter, ...others } = headers;
      const neutral = text.replace(/\d+ seconds/, 'some seconds');
      seen = { status, text: neutral, headers: others, hasRetryAfter: retryAfter !== undefined };
    });
    return { ...(seen as { status: number }), commands };
  }

  it('by Redis which names were tried, as some are passwords', async () => {
    await signIn(a, 's3cret-typed-too-early', WRONG).expect(401);

    const counters = await redis.keys('_app:t*');
    expect(counters).toHaveLength(3);
    expect(counters.join()).not.toMatch(/s3cret|198\.51/);
    for (const counter of counters) expect(await redis.ttl(counter)).toBeGreaterThan(0);
    expect(await redis.keys('*s3cret*')).toEqual([]);
  });
});
