/** The cost of a session for Redis: its memory, and commands per request, counted by Redis itself. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Socket, connect } from 'node:net';
import type { Redis } from 'ioredis';
import { createAppSessions } from '../../src/lab/bench/app-sessions.ts';
import { measureSessionBytes } from '../../src/lab/bench/session-bytes.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, freePort, type RedisServer, startRedis } from '../support/redis-server.ts';
import { type Browser, signIn, signUp } from '../support/user.ts';

let server: RedisServer;
let redis: Redis;
let app: App;
let browser: Browser;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  app = await startApp(bound({ host: server.host, port: server.port }));
  browser = await signUp(app);
});

const count = (action: () => PromiseLike<unknown>) => countCommands(redis, action);
const put = (value: string) =>
  browser.at(app).put('/session/data/color').type('form').send({ data: value }).expect(201);

describe('a request without a session', () => {
  it.each([
    ['/session/me', 401],
    ['/session/data', 401],
    ['/session/list', 401],
    ['/session/sign-in', 200],
    ['/session/sign-up', 200],
  ])('to %s costs no command', async (path, status) => {
    expect(await count(() => app.http.get(path).expect(status))).toEqual({});
  });

  it('to sign out costs no command', async () => {
    expect(await count(() => app.http.post('/session/sign-out').expect(200))).toEqual({});
  });
});

describe('a request with a session', () => {
  it.each(['/session/me', '/session/data'])('that reads %s costs one GETEX', async (path) => {
    expect(await count(() => browser.at(app).get(path).expect(200))).toEqual({ getex: 1 });
  });

  it('that reads begins the idle timeout anew', async () => {
    const [key] = await redis.keys('_app:s:*');
    await redis.pexpire(key!, 60_000);
    await browser.at(app).get('/session/me').expect(200);

    expect(await redis.pttl(key!)).toBeGreaterThan(29 * 60_000);
  });

  it('that writes what is there already costs one GETEX', async () => {
    await put('blue');
    expect(await count(() => put('blue'))).toEqual({ getex: 1 });
  });

  it('that writes costs two commands: a GETEX and a script, with its GET and SET', async () => {
    await put('blue');
    expect(await count(() => put('red'))).toEqual({ getex: 1, evalsha: 1, get: 1, set: 1 });
  });

  it.each([
    ['/status/health', {}],
    ['/session/sign-in', {}],
    ['/assets/icon.svg', {}],
    ['/foo', { getrange: 1, type: 1 }],
  ])('costs nothing for the session at %s', async (path, commands) => {
    expect(await count(() => browser.at(app).get(path))).toEqual(commands);
  });
});

describe('a read that Redis did not answer', () => {
  it('makes later ones cost no more', async () => {
    const getex = jest.spyOn(app.redis!.writer, 'getex');
    getex.mockRejectedValueOnce(new Error('Connection is closed.'));
    await browser.at(app).get('/session/me').expect(503);
    getex.mockRestore();
    const read = () => browser.at(app).get('/session/me').expect(200);
    expect(await count(read)).toEqual({ getex: 1 });
  });
});

describe('a cookie without a session', () => {
  const ask = (cookie: string) => app.http.get('/session/me').set('Cookie', cookie).expect(401);
  const UNKNOWN = `session=${'A'.repeat(43)}`;

  it('costs one command, and is cleared', async () => {
    expect(await count(() => ask(UNKNOWN))).toEqual({ getex: 1 });

    const { headers } = await ask(UNKNOWN);
    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
  });

  it.each([
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['of other characters', `${'A'.repeat(42)}*`],
    ['the name of another key', '../_app:u:user-1'],
  ])('never reaches Redis when it is %s', async (_what, id) => {
    expect(await count(() => ask(`session=${id}`))).toEqual({});
    const { headers } = await ask(`session=${id}`);
    expect(headers['set-cookie']![0]).toMatch(/^session=;/);
  });
});

describe('a sign-in', () => {
  it('of a fresh visitor costs the session one round trip', async () => {
    const wire = await tap(server.port);
    const tapped = await startApp(bound({ host: '127.0.0.1', port: wire.port }));
    await signUp(tapped, 'fresh');
    const packets = await wire.packetsDuring(() => signIn(tapped, 'fresh'));

    const ofTheSession = packets.filter((packet) => /_app:[su]:/.test(packet));
    expect(ofTheSession).toHaveLength(1);
    expect(ofTheSession[0]).toMatch(/set.*_app:s:.*eval.*_app:u:/s);
  });
});

/** Where Redis has no GETEX, as before 6.2. */
describe('without GETEX', () => {
  it('a read costs two commands in one round trip', async () => {
    const old = await startRedis({ args: ['--rename-command', 'GETEX', ''] });
    const wire = await tap(old.port);
    const tapped = await startApp(bound({ host: '127.0.0.1', port: wire.port }));
    const somebody = await signUp(tapped);
    await somebody.at(tapped).get('/session/me').expect(200); // finds out

    const read = () => somebody.at(tapped).get('/session/me').expect(200);
    expect(await wire.packetsDuring(read)).toEqual([
      expect.stringMatching(/get.*_app:s:.*pexpire.*1800000/s),
    ]);
  });
});

describe('what a session takes in Redis', () => {
  /** As many as fill their hash table about as well as 100,000 do. */
  const USERS = 2000;
  const PLAN = 262_144_000; // bytes

  it('takes no more bytes than docs/sessions.md says, and so many fit into a plan', async () => {
    const own = connectTo(await startRedis());
    const { start, storeRecord } = createAppSessions(own);
    const text = await readFile('docs/sessions.md', 'utf8');
    const told =
      /takes (\d+) bytes, (\d+) with its place.*?([\d,]+) sessions fit into a plan/s.exec(text);
    const [record, all, fit] = told!.slice(1).map((figure) => Number(figure.replace(',', '')));

    expect(await measureSessionBytes(own, USERS, storeRecord)).toBeLessThan(record! * 1.05);
    expect(await measureSessionBytes(own, USERS, start)).toBeLessThan(all! * 1.05);
    expect(fit).toBeLessThanOrEqual(PLAN / all!);
  });
});

/** A way to a Redis that keeps what the client writes: what comes in one packet is one round trip. */
async function tap(redisPort: number) {
  const port = await freePort();
  let packets: string[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = connect(redisPort, '127.0.0.1');
    client.on('data', (data) => packets.push(data.toString('latin1')));
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  proxy.listen(port, '127.0.0.1');
  await once(proxy, 'listening');
  stopAtEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  return {
    port,
    async packetsDuring(action: () => PromiseLike<unknown>) {
      packets = [];
      await action();
      return packets;
    },
  };
}
