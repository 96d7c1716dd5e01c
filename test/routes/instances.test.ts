/** How instances know of each other, and what open pages are told. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import Koa, { type Middleware } from 'koa';
import type { Instances } from '../../src/instances/instances.ts';
import { createRegistry, type Registry } from '../../src/instances/running-instances.ts';
import { INSTANCES_KEY } from '../../src/redis/names.ts';
import { instanceRoutes } from '../../src/routes/instances.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { openEvents } from '../support/events.ts';
import { startProgram } from '../support/program.ts';
import { lightApp } from '../support/light-app.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { serve } from '../support/serve.ts';
import { until } from '../support/until.ts';
import { signIn, signUp } from '../support/user.ts';

let server: RedisServer;
let redis: Redis;
let a: App;
let b: App;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  [a, b] = [await startApp(environment(0)), await startApp(environment(1))];
});

const host = '127.0.0.1';
const guid = (index: number) => `${index}7c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f`;
function environment(index: number) {
  return {
    ...bound({ host: server.host, port: server.port }),
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: guid(index),
    ...lightApp,
    TRUSTED_PROXIES: '1',
    MEMORY_LIMIT: '256M',
  };
}

const watch = (app: { port: number }, cookie?: string) =>
  openEvents(`http://127.0.0.1:${app.port}/instances/events`, cookie);
const watchFrom = (address: string, app: { port: number }, cookie?: string) =>
  openEvents(`http://127.0.0.1:${app.port}/instances/events`, cookie, {
    'X-Forwarded-For': address,
  });
const addressOf = (i: number) => `192.0.2.${i}`;
const indexes = async (app: App) => {
  const { body } = await app.http.get('/instances/list').expect(200);
  return body.map(({ index }: { index: number }) => index);
};
describe('GET /instances/list', () => {
  it('shows all instances with their load, whichever is asked', async () => {
    await until('both are listed', async () => (await indexes(b)).length >= 2);
    const { body } = await a.http
      .get('/instances/list')
      .expect(200)
      .expect('Cache-Control', 'no-store');

    expect(body.slice(0, 2)).toEqual(
      [0, 1].map((index) => ({
        index,
        guid: guid(index),
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        memory: expect.any(Number),
        memoryLimit: 256 * 1024 * 1024,
        cpu: expect.any(Number),
        cpuLimit: body[index].cpuLimit === null ? null : expect.any(Number), // of this machine
        requestsPerSecond: expect.any(Number),
        p95: body[index].p95 === null ? null : expect.any(Number),
        eventLoopLag: expect.any(Number),
      })),
    );
    expect(body[0].memory).toBeGreaterThan(10_000_000);
  });

  it('counts the requests of each, from one second to the next', async () => {
    const stream = await watch(b);
    const busy = await until('a second with requests', async () => {
      await Promise.all(Array.from({ length: 50 }, () => a.http.get('/nothing')));
      const [first] = await stream.next('instances');
      return first.requestsPerSecond >= 10 && first;
    });
    expect(busy.p95).toBeGreaterThan(0);
    await until('a second without', async () => {
      const [first] = await stream.next('instances');
      return first.requestsPerSecond === 0 && first.p95 === null;
    });
    stream.close();
  });

  it('leaves out what the platform asks to check them', async () => {
    const stream = await watch(b);
    const quiet = await until('a second with one request and many checks', async () => {
      const checks = Array.from({ length: 50 }, () => a.http.get('/status/health'));
      await Promise.all([...checks, a.http.get('/nothing')]);
      const [first] = await stream.next('instances');
      return first.requestsPerSecond > 0 && first;
    });
    expect(quiet.requestsPerSecond).toBeLessThan(10);
    stream.close();
  });

  it('forgets an instance that leaves at once, and one that crashes within seconds', async () => {
    const leaving = await startProgram(environment(2));
    const crashing = await startProgram(environment(3));
    await until('both programs are listed', async () => {
      const running = await indexes(a);
      return running.includes(2) && running.includes(3);
    });

    leaving.child.kill('SIGTERM');
    crashing.child.kill('SIGKILL');
    await crashing.exited;
    const crashed = performance.now();
    await until('the one that leaves is gone', async () => !(await indexes(a)).includes(2));
    expect(leaving.child.exitCode).toBeNull(); // it still drains
    await leaving.exited;
    expect(await indexes(a)).not.toContain(2);
    await until('the one that crashed is gone', async () => !(await indexes(a)).includes(3));
    expect(performance.now() - crashed).toBeLessThan(7000);
    expect(await redis.hexists('_app:instances', guid(3))).toBe(0);
    expect(await redis.pttl('_app:instances')).toBeGreaterThan(0);
    expect(await redis.pttl('_app:instances')).toBeLessThanOrEqual(4000);
  });

  it('shows an instance of a version that does not write what limits it has', async () => {
    const status = { index: 7, guid: guid(7), memory: 1, requestsPerSecond: 0, p95: null };
    const entry = { seenAt: Date.now(), status: { ...status, startedAt: 0, eventLoopLag: 0 } };
    await redis.hset('_app:instances', guid(7), JSON.stringify(entry));

    const { body } = await a.http.get('/instances/list').expect(200);
    expect(body).toContainEqual({
      ...status,
      startedAt: '1970-01-01T00:00:00.000Z',
      eventLoopLag: 0,
      memoryLimit: null,
      cpu: null,
      cpuLimit: null,
    });
    await redis.hdel('_app:instances', guid(7));
  });

  describe('when its key in Redis holds what the app has not written', () => {
    const valid = { index: 8, startedAt: 0, memory: 1, requestsPerSecond: 0, p95: null };
    it.each([
      ['no JSON', 's3cret'],
      ['null', 'null'],
      ['a list', '[]'],
      ['an entry without a status', '{"seenAt":1e15}'],
      ['a status of null', '{"seenAt":1e15,"status":null}'],
      ['a status with a text for a number', entry({ guid: 'junk', ...valid, eventLoopLag: '0' })],
      [
        'a status with a text for a limit',
        entry({ guid: 'junk', ...valid, eventLoopLag: 0, cpuLimit: '1' }),
      ],
      ['the entry of another field', entry({ guid: guid(0), ...valid, eventLoopLag: 0 }, 0)],
    ])('leaves out a field with %s, and says so once', async (_what, junk) => {
      const server = await startRedis();
      const app = await startApp({ ...environment(0), ...bound({ host, port: server.port }) });
      const client = connectTo(server);
      await client.hset('_app:instances', 'junk', junk);

      const stream = await watch(app);
      expect(await stream.next('instances')).toEqual([expect.objectContaining({ index: 0 })]);
      expect(await indexes(app)).toEqual([0]);
      stream.close();
      expect(app.lines.filter((line) => line.includes('_app:instances'))).toEqual([
        'The key _app:instances holds a field that this app has not written',
      ]);
    });

    it('is empty for a key of another type, and says so once', async () => {
      const server = await startRedis();
      const app = await startApp({ ...environment(0), ...bound({ host, port: server.port }) });
      await connectTo(server).set('_app:instances', 's3cret');

      expect(await indexes(app)).toEqual([]);
      expect(await indexes(app)).toEqual([]);
      expect(app.lines.filter((line) => line.includes('_app:instances'))).toEqual([
        'The key _app:instances is not a hash: no instance is listed until it is deleted',
      ]);
    });

    function entry(status: object, seenAt = 1e15): string {
      return JSON.stringify({ seenAt, status });
    }
  });

  it('answers 503 while Redis is away, and is complete when it is back', async () => {
    const lonely = await startRedis();
    const app = await startApp(bound({ host: lonely.host, port: lonely.port }));
    await lonely.stop();
    await app.http.get('/instances/list').expect(503, /^Redis /);

    await lonely.restart();
    await until(
      'it is listed again',
      async () => (await app.http.get('/instances/list')).body.length === 1,
    );
  });
});

describe('the registry of instances', () => {
  const NOW = 1_000_000;
  const STATUS = {
    startedAt: NOW - 5000,
    memory: 1,
    memoryLimit: 2,
    cpu: 0.1,
    cpuLimit: 1,
    requestsPerSecond: 0,
    p95: 1,
    eventLoopLag: 0,
  };
  let own: Redis;
  let registry: Registry;
  beforeAll(async () => {
    own = connectTo(server);
    await own.select(1); // where no other instance is
    registry = createRegistry(own, { now: () => NOW }, () => {});
  });
  beforeEach(() => own.flushdb());

  const store = (guid: string, status: object, seenAt = NOW) =>
    own.hset(
      INSTANCES_KEY,
      guid,
      JSON.stringify({ seenAt, status: { guid, ...STATUS, ...status } }),
    );
  const listed = async () => (await registry.list()).map(({ guid }) => guid);

  it('lists them by index, as a number, and of two that share one the older first', async () => {
    await store('tenth', { index: 10 });
    await store('new', { index: 2, startedAt: NOW - 1000 });
    await store('old', { index: 2, startedAt: NOW - 9000 });
    await store('first', { index: 0 });
    expect(await listed()).toEqual(['first', 'old', 'new', 'tenth']);
  });

  it('keeps one that has been silent for 4 seconds, and removes one that has for longer', async () => {
    await store('silent', { index: 0 }, NOW - 4000);
    await store('gone', { index: 1 }, NOW - 4001);
    expect(await registry.list()).toEqual([
      expect.objectContaining({ guid: 'silent', silence: 4000, uptime: 5000 }),
    ]);
    expect(await own.hkeys(INSTANCES_KEY)).toEqual(['silent']);
  });

  it('knows no time before its own, when the clock of another one is fast', async () => {
    await store('fast', { index: 0, startedAt: NOW + 30 }, NOW + 50);
    expect(await registry.list()).toMatchObject([{ silence: 0, uptime: 0 }]);
  });

  it('shows what a newer version of the app has added', async () => {
    await store('newer', { index: 0, zone: 'z1' });
    expect(await registry.list()).toMatchObject([{ guid: 'newer', zone: 'z1' }]);
  });

  it.each(['index', ...Object.keys(STATUS)])('leaves out one whose %s is a text', async (name) => {
    await store('right', { index: 0 });
    await store('wrong', { index: 1, [name]: '1' });
    expect(await listed()).toEqual(['right']);
  });
});

describe('GET /instances/events', () => {
  it.each(['starting', 'draining'] as const)(
    'answers 503 while the instance is %s: the page asks another one',
    async (state) => {
      a.health.state = state;
      const answer = await fetch(`http://127.0.0.1:${a.port}/instances/events`);
      a.health.state = 'ready';
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
      expect(await answer.text()).toBe('this instance takes no more requests');
    },
  );

  it('tells at once who is signed in, how Redis is, and who is running', async () => {
    const browser = await signUp(a);
    const stream = await watch(b, browser.cookie);

    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await stream.next('session')).toEqual({ user: browser.user });
    expect(await stream.next('redis')).toMatchObject({ server: { role: 'primary' }, error: null });
    expect((await stream.next('instances')).slice(0, 2)).toMatchObject([
      { index: 0 },
      { index: 1 },
    ]);
    stream.close();
  });

  it('tells how long an instance has run and been silent, and that it leaves', async () => {
    const stream = await watch(a);
    const leaving = await startProgram(environment(2));
    const crashing = await startProgram(environment(3));
    const next = async (index: number) => {
      const list = await stream.next('instances');
      return list.find((instance: { index: number }) => instance.index === index) ?? {};
    };
    const running = await until('it is listed', async () => {
      const instance = await next(2);
      return instance.uptime > 1000 && instance;
    });
    expect(running).toMatchObject({ guid: guid(2), leaving: false });
    expect(running.silence).toBeLessThan(1000);

    leaving.child.kill('SIGTERM');
    await until('it leaves', async () => (await next(2)).leaving);
    expect(await indexes(a)).not.toContain(2);

    crashing.child.kill('SIGKILL');
    await crashing.exited;
    const crashed = performance.now();
    await until('it is silent', async () => (await next(3)).silence > 1500);
    // Two seconds, and one for a busy machine
    expect(performance.now() - crashed).toBeLessThan(3000);
    stream.close();
    await leaving.exited;
  });

  it('is there for anonymous visitors', async () => {
    const stream = await watch(a);
    expect(await stream.next('session')).toBeNull();
    stream.close();
  });

  it.each([
    ['signs out', '/session/sign-out'],
    ['signs out everywhere', '/session/sign-out-everywhere'],
  ])('tells within a second that the user %s at another instance', async (_how, path) => {
    const browser = await signUp(a);
    const stream = await watch(b, browser.cookie);
    await stream.next('instances');
    await untilSomebodyHears();

    const began = performance.now();
    await browser.at(a).post(path).expect(200);
    await stream.next('ended');
    expect(performance.now() - began).toBeLessThan(1000);
    stream.close();
  });

  it('tells all pages of a user whose sessions end at once', async () => {
    const first = await signUp(a);
    const second = await signIn(a, first.user);
    const streams = await Promise.all([first, second].map(({ cookie }) => watch(b, cookie)));
    for (const stream of streams) await stream.next('instances');
    await untilSomebodyHears();

    await first.at(a).post('/session/sign-out-everywhere').expect(200, { ended: 2 });
    for (const stream of streams) {
      expect(await stream.next('ended')).not.toBeNull();
      stream.close();
    }
  });

  it('tells nobody else', async () => {
    const [browser, other] = [await signUp(a), await signUp(a)];
    const stream = await watch(b, other.cookie);
    await stream.next('instances');
    await untilSomebodyHears();
    await browser.at(a).post('/session/sign-out').expect(200);
    await other.at(a).post('/session/sign-out').expect(200);

    expect(await stream.next('ended')).not.toBe(await handleOf(browser.cookie));
    stream.close();
  });

  it('asks Redis as much for twenty pages as for one, and nothing for none', async () => {
    const costOf = (seconds: number) =>
      countCommands(redis, async () => {
        const clock = await watch(b);
        for (let second = 0; second < seconds; second++) await clock.next('instances');
        clock.close();
      });
    const one = await costOf(3);
    const streams = await Promise.all(
      Array.from({ length: 20 }, (_, i) => watchFrom(addressOf(i), b)),
    );
    const many = await costOf(3);
    for (const stream of streams) stream.close();

    expect(Math.abs(many.hgetall! - one.hgetall!)).toBeLessThanOrEqual(2);
    // Once at the start, and once a second; the probe's three once in two seconds
    expect(one.hgetall).toBeLessThanOrEqual(5);
    expect(one.set ?? 0).toBeLessThanOrEqual(3);
    await until('nobody hears of ends', async () => {
      const [, listeners] = await redis.pubsub('NUMSUB', '_app:ended');
      return listeners === 0;
    });
  });

  describe('has room', () => {
    it('for ten anonymous pages from an address, and again when they close', async () => {
      const streams = await open(10, () => watchFrom(addressOf(1), b));
      const refused = await fetch(`http://127.0.0.1:${b.port}/instances/events`, {
        headers: { 'X-Forwarded-For': addressOf(1) },
      });
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toBe('10');
      expect(await refused.text()).toMatch(
        /^too many pages are open .*, or sign in, and try again/,
      );
      await expectRoom(() => watchFrom(addressOf(2), b));

      for (const stream of streams) stream.close();
      await until('room', () => hasRoom(() => watchFrom(addressOf(1), b)));
    });

    it('whoever has asked with HEAD, for an answer that is no stream', async () => {
      const head = () =>
        fetch(`http://127.0.0.1:${b.port}/instances/events`, {
          method: 'HEAD',
          headers: { 'X-Forwarded-For': addressOf(1) },
        });
      const answers = await Promise.all(Array.from({ length: 10 }, head));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await until('room', () => hasRoom(() => watchFrom(addressOf(1), b)));
    });

    it('for thirty pages from an address of somebody signed in, besides the anonymous', async () => {
      const { cookie } = await signUp(a);
      const strangers = await open(10, () => watchFrom(addressOf(1), b));
      const own = await open(30, () => watchFrom(addressOf(1), b, cookie));
      expect(await hasRoom(() => watchFrom(addressOf(1), b, cookie))).toBe(false);
      await expectRoom(() => watchFrom(addressOf(2), b, cookie));

      for (const stream of [...strangers, ...own]) stream.close();
      await until('room', () => hasRoom(() => watchFrom(addressOf(1), b, cookie)));
    });

    it('for fifty anonymous pages, a hundred in all, and the signed-in when strangers fill theirs', async () => {
      const { cookie } = await signUp(a);
      const strangers = await open(50, (i) => watchFrom(addressOf(i % 10), b));
      expect(await hasRoom(() => watchFrom(addressOf(99), b))).toBe(false);
      const users = await open(50, (i) => watchFrom(addressOf(i % 10), b, cookie));
      expect(await hasRoom(() => watchFrom(addressOf(99), b, cookie))).toBe(false);

      strangers[0]!.close();
      await until('room', () => hasRoom(() => watchFrom(addressOf(99), b, cookie)));
      for (const stream of [...strangers, ...users]) stream.close();
      await until('room', () => hasRoom(() => watchFrom(addressOf(99), b)));
    });

    type Stream = Awaited<ReturnType<typeof watch>>;

    async function open(count: number, watchAs: (i: number) => Promise<Stream>) {
      const streams = await Promise.all(Array.from({ length: count }, (_, i) => watchAs(i)));
      expect(streams.map(({ status }) => status)).toEqual(Array(count).fill(200));
      return streams;
    }

    async function hasRoom(watchAs: () => Promise<Stream>): Promise<boolean> {
      const stream = await watchAs();
      stream.close();
      return stream.status === 200;
    }

    async function expectRoom(watchAs: () => Promise<Stream>): Promise<void> {
      expect(await hasRoom(watchAs)).toBe(true);
    }
  });

  it('goes on without Redis, and tells why', async () => {
    const lonely = await startRedis();
    const app = await startApp(bound({ host: lonely.host, port: lonely.port }));
    const stream = await watch(app);
    await stream.next('redis');
    await lonely.stop();
    await until('Redis is away', async () => (await stream.next('redis')).error !== null);
    const newcomer = await watch(app, `session=${'A'.repeat(43)}`);
    expect((await newcomer.next('redis')).error).toMatch(/^Redis /);

    await lonely.restart();
    await until('Redis is back', async () => (await stream.next('redis')).error === null);
    stream.close();
    newcomer.close();
  });

  it('takes no place for a client that has left while its session was read', async () => {
    const add = jest.fn();
    const watchers = { hasRoomFor: () => true, add };
    const client = new AbortController();
    const loadSession: Middleware = async (ctx, next) => {
      ctx.session = {};
      client.abort();
      await once(ctx.res, 'close');
      await next();
    };
    let isDone = false;
    const koa = new Koa();
    koa.use(async (_ctx, next) => {
      await next();
      isDone = true;
    });
    const instances = { watchers } as unknown as Instances;
    koa.use(instanceRoutes({ instances, loadSession, health: { state: 'ready' } }));
    const origin = await serve(koa.callback());
    await fetch(`${origin}/instances/events`, { signal: client.signal }).catch(() => {});
    await until('the request is done', () => isDone);
    expect(add).not.toHaveBeenCalled();
  });

  it('ends when its instance drains, so that the page goes on at another', async () => {
    const leaving = await startProgram(environment(4));
    const stream = await watch(leaving);
    await stream.next('instances');
    leaving.child.kill('SIGTERM');

    expect(await stream.next('never')).toBeNull();
    expect((await watch(leaving)).status).toBe(503);
    expect(await leaving.exited).toEqual([0, null]);
  });
});

describe('SESSIONS=memory, the lesson', () => {
  it('keeps a login on one instance, where the other knows nothing of it', async () => {
    const [c, d] = [
      await startApp({ ...environment(5), SESSIONS: 'memory' }),
      await startApp({ ...environment(6), SESSIONS: 'memory' }),
    ];
    const browser = await signUp(c);
    await browser.at(c).put('/session/data/color').type('form').send('data=blue').expect(201);
    await browser.at(c).get('/session/data').expect(200, { color: 'blue' });
    await browser.at(d).get('/session/me').expect(401);

    const elsewhere = await signIn(d, browser.user);
    await elsewhere.at(d).get('/session/me').expect(200);
    await browser.at(c).post('/session/sign-out').expect(200, { ended: 1 });
    await browser.at(c).get('/session/me').expect(401);
  });
});

describe('STICKY_SESSIONS=true, the lesson', () => {
  it('names the cookie so that the platform’s router pins the browser to an instance', async () => {
    const app = await startApp({ ...environment(7), STICKY_SESSIONS: 'true' });
    expect((await signUp(app)).cookie).toMatch(/^JSESSIONID=/);
  });
});

async function untilSomebodyHears(): Promise<void> {
  await until('somebody hears of ends', async () => {
    const [, listeners] = await redis.pubsub('NUMSUB', '_app:ended');
    return Number(listeners) > 0;
  });
}

async function handleOf(cookie: string): Promise<string> {
  const { handleOf: hash } = await import('../../src/sessions/record.ts');
  return hash(cookie.split('=')[1]!);
}
