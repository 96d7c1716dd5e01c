/** One login on two instances of the app: two processes that share nothing but Redis. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { bound } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { countCalls } from '../support/commands.ts';
import { startProgram } from '../support/program.ts';
import { lightApp } from '../support/light-app.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { accountIdOf, type Browser, signIn, signUp } from '../support/user.ts';

type Instance = Awaited<ReturnType<typeof startProgram>>;

let server: RedisServer;
let redis: Redis;
let a: Instance;
let b: Instance;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  [a, b] = await Promise.all([startInstance(0), startInstance(1)]);
});

function startInstance(index: number, env: Record<string, string> = {}): Promise<Instance> {
  const { host, port } = server;
  return startProgram({
    ...bound({ host, port }),
    ...lightApp,
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: guid(index),
    ...env,
  });
}

const guid = (index: number) => `${index}7c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f`;
const me = (browser: Browser, instance: Instance) => browser.at(instance).get('/session/me');
const put = (browser: Browser, instance: Instance, field: string, data = 'x') =>
  browser.at(instance).put(`/session/data/${field}`).type('form').send({ data });
const data = async (browser: Browser) => (await browser.at(b).get('/session/data')).body;
const sessionsInRedis = () => redis.keys('_app:s:*');

describe('a login on one instance', () => {
  it('holds on the other, which knows where it was made', async () => {
    const browser = await signUp(a);

    const { body } = await me(browser, b).expect(200);
    expect(body).toMatchObject({
      user: browser.user,
      signedInBy: { index: 0, guid: guid(0) },
      servedBy: { index: 1, guid: guid(1) },
    });
  });

  it('outlives that instance', async () => {
    const mayfly = await startInstance(2);
    const browser = await signUp(mayfly);
    mayfly.child.kill('SIGKILL');
    await mayfly.exited;

    const { body } = await me(browser, a).expect(200);
    expect(body.signedInBy).toEqual({ index: 2, guid: guid(2) });
  });

  it('is listed on the other, and can be ended there', async () => {
    const first = await signUp(a);
    const second = await signIn(b, first.user);
    const { body: list } = await second.at(b).get('/session/list').expect(200);
    expect(list.map((each: { signedInBy: { index: number } }) => each.signedInBy.index)).toEqual([
      1, 0,
    ]);

    await second.at(a).delete(`/session/list/${list[1].id}`).expect(200, { ended: 1 });
    await me(first, b).expect(401);
    await me(second, b).expect(200);
  });
});

describe('parallel writes', () => {
  it('to 200 fields by both instances are all kept', async () => {
    const browser = await signUp(a);
    const fields = Array.from({ length: 200 }, (_, i) => `field-${i}`);
    await Promise.all(fields.map((field, i) => put(browser, i % 2 ? a : b, field).expect(201)));

    expect(Object.keys(await data(browser)).sort()).toEqual(fields.sort());
  });

  it('keep what one instance adds and lose what the other deletes', async () => {
    const browser = await signUp(a);
    for (let round = 0; round < 20; round++) {
      await put(browser, a, 'old').expect(201);
      await Promise.all([
        browser.at(a).delete('/session/data/old').expect(200),
        put(browser, b, `new-${round}`).expect(201),
      ]);
    }
    const fields = await data(browser);
    expect(fields).not.toHaveProperty('old');
    expect(Object.keys(fields)).toHaveLength(20);
  });

  it('to one field leave the last one', async () => {
    const browser = await signUp(a);
    const late = await beginWrite(browser, a, 'field', 'late');
    await put(browser, b, 'field', 'early').expect(201);

    expect(await late.finish()).toMatchObject({ status: 201 });
    expect(await data(browser)).toEqual({ field: 'late' });
  });
});

describe('a write that is on its way at one instance', () => {
  it.each([
    ['signs out', '/session/sign-out'],
    ['signs out everywhere', '/session/sign-out-everywhere'],
  ])('while the user %s at the other is refused, and brings nothing back', async (_what, path) => {
    const browser = await signUp(a);
    const before = (await sessionsInRedis()).length;
    const write = await beginWrite(browser, a, 'color', 'blue');
    await browser.at(b).post(path).expect(200, { ended: 1 });

    const { status, headers } = await write.finish();
    expect(status).toBe(401);
    expect(headers['set-cookie']![0]).toMatch(/^session=; /);
    expect(await sessionsInRedis()).toHaveLength(before - 1);
    await me(browser, a).expect(401);
  });

  it('while the browser signs in anew at the other is refused as well', async () => {
    const browser = await signUp(a);
    const write = await beginWrite(browser, a, 'color', 'blue');
    const anew = await signIn(b, browser.user, browser.cookie);

    expect(await write.finish()).toMatchObject({ status: 401 });
    expect(await data(anew)).toEqual({});
  });
});

describe('a sign-in over an old session', () => {
  it('gives a new id, and nothing is left of the old one', async () => {
    const old = await signUp(a);
    await put(old, a, 'color', 'blue').expect(201);
    const anew = await signIn(b, old.user, old.cookie);

    expect(anew.cookie).not.toBe(old.cookie);
    await me(old, a).expect(401);
    expect(await data(anew)).toEqual({});
    expect(await sessionsOf(old)).toHaveLength(1);
  });

  it('ends that of another user too', async () => {
    const first = await signUp(a);
    const second = await signUp(a);
    await signIn(b, second.user, first.cookie);

    await me(first, a).expect(401);
    expect(await sessionsOf(first)).toEqual([]);
  });
});

describe('a sign-out everywhere', () => {
  it('ends all sessions of the user, on both instances, and nobody else’s', async () => {
    const bystander = await signUp(b);
    const first = await signUp(a);
    const others = [await signIn(b, first.user), await signIn(a, first.user)];
    await first.at(a).post('/session/sign-out-everywhere').expect(200, { ended: 3 });

    for (const browser of [first, ...others]) await me(browser, b).expect(401);
    expect(await sessionsOf(first)).toEqual([]);
    await me(bystander, a).expect(200);
  });

  it('ends the session that asks for it even when Redis has evicted the index', async () => {
    const browser = await signUp(a);
    await redis.del(await indexOf(browser));
    await browser.at(b).post('/session/sign-out-everywhere').expect(200, { ended: 1 });

    await me(browser, a).expect(401);
  });

  it('is announced, so that pages that are open can tell', async () => {
    const listener = redis.duplicate();
    stopAtEnd(() => listener.quit());
    await listener.subscribe('_app:ended');
    const browser = await signUp(a);
    await signIn(b, browser.user);
    const handles = await sessionsOf(browser);

    const announced = once(listener, 'message');
    await browser.at(a).post('/session/sign-out-everywhere').expect(200);
    const [channel, message] = await announced;
    expect(channel).toBe('_app:ended');
    expect(message.split(' ').sort()).toEqual(handles.sort());
  });
});

describe('twenty sign-ins at a time', () => {
  it('all succeed, and the instance stays below 256 MB', async () => {
    const instance = await startInstance(4, { NODE_OPTIONS: '' }); // with hashes of 32 MiB
    const user = await signUp(instance);
    await Promise.all(Array.from({ length: 20 }, () => signIn(instance, user.user)));

    expect(await highestMemory(instance.child.pid!)).toBeLessThan(256 * 1024 * 1024);
  });
});

describe('timeouts', () => {
  const SHORT = { SESSION_IDLE_TIMEOUT: '1', SESSION_ABSOLUTE_TIMEOUT: '2' };
  const LATE = `--require ${join(__dirname, '../support/an-hour-late.cjs')}`;
  const CLOCKS = [
    ['of a right clock', () => right],
    ['of a clock that is an hour slow', () => late],
  ] as const;

  let right: Instance;
  let late: Instance;
  beforeAll(async () => {
    const NODE_OPTIONS = `${lightApp.NODE_OPTIONS} ${LATE}`;
    [right, late] = await Promise.all([
      startInstance(3, SHORT),
      startInstance(5, { ...SHORT, NODE_OPTIONS }),
    ]);
  });

  it.each(CLOCKS)('end a session that is idle, at an instance %s', async (_what, choose) => {
    const instance = choose();
    const browser = await signUp(instance);
    const key = await keyOf(browser);
    await me(browser, instance).expect(200);
    expect(await redis.pttl(key)).toBeGreaterThan(500);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(1000);

    await untilGone(key);
    await me(browser, instance).expect(401);
  });

  it.each(CLOCKS)('end a session that is busy, at an instance %s', async (_what, choose) => {
    const instance = choose();
    const browser = await signUp(instance);
    const { body } = await me(browser, instance).expect(200);
    const started = await timeOfRedis();
    expect(Math.abs(new Date(body.signedInAt).getTime() - started)).toBeLessThan(1000);
    await untilSignedOut(browser, instance);

    const lasted = (await timeOfRedis()) - new Date(body.signedInAt).getTime();
    expect(lasted).toBeGreaterThanOrEqual(2000);
    expect(lasted).toBeLessThan(3000);
    expect(await sessionsOf(browser)).toEqual([]);
  });

  it('are those of the sign-in, whatever is set at an instance that is asked later', async () => {
    const browser = await signUp(right);
    const { body } = await me(browser, a).expect(200);
    expect(body.absoluteTimeout).toBe(2);

    await untilSignedOut(browser, a);
    expect((await timeOfRedis()) - new Date(body.signedInAt).getTime()).toBeLessThan(3000);
  });

  it('leave nothing behind for longer than the absolute one', async () => {
    const browser = await signUp(right);
    const index = await indexOf(browser);

    expect(await redis.pttl(index)).toBeLessThanOrEqual(2000);
    expect(await redis.pttl(index)).toBeGreaterThan(0);

    await untilGone(await keyOf(browser));
    const anew = await signIn(right, browser.user);
    const { body } = await anew.at(right).get('/session/list').expect(200);
    expect(body).toHaveLength(1);
    expect(await sessionsOf(browser)).toHaveLength(1);
  });
});

const indexOf = async ({ user }: Browser) => `_app:u:${await accountIdOf(redis, user)}`;
const sessionsOf = async (browser: Browser) => {
  const members = await redis.zrange(await indexOf(browser), 0, '-1');
  return members.filter((member) => member !== 'kept' && member !== 'lost');
};
const keyOf = async (browser: Browser) => `_app:s:${(await sessionsOf(browser))[0]}`;

/** Resident, in bytes; Linux keeps the highest. */
async function highestMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) * 1024;
}

function untilGone(key: string): Promise<boolean> {
  return until('the session is gone', async () => (await redis.exists(key)) === 0);
}

function untilSignedOut(browser: Browser, instance: Instance): Promise<boolean> {
  return until('the session has ended', async () => (await me(browser, instance)).status === 401);
}

async function timeOfRedis(): Promise<number> {
  const [seconds, microseconds] = (await redis.time()).map(Number) as [number, number];
  return seconds * 1000 + microseconds / 1000;
}

/** Sends a PUT but for its last bytes, and resolves when the app has read the session. */
async function beginWrite({ cookie }: Browser, { port }: Instance, field: string, value: string) {
  const before = await countCalls(redis, 'getex');
  const body = `data=${value}`;
  const write = request({
    port,
    host: '127.0.0.1',
    method: 'PUT',
    path: `/session/data/${field}`,
    headers: {
      Cookie: cookie,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': body.length,
    },
  });
  write.write(body.slice(0, 3));
  await until(
    'the app has read the session',
    async () => (await countCalls(redis, 'getex')) > before,
  );
  return { finish: () => finish(write, body.slice(3)) };
}

async function finish(write: ClientRequest, rest: string) {
  write.end(rest);
  const [response] = (await once(write, 'response')) as [IncomingMessage];
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}
