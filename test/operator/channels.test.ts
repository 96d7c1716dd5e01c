/** Publishing, and listening to channels, for the operator. */
import type { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { openEvents } from '../support/events.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import { fill, OPERATOR_PASSWORD, signInForCookie, signInOperator } from '../support/operator.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

let server: RedisServer;
let redis: Redis;
let app: App;
let Cookie: string;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  app = await startApp({ ...bound({ host: server.host, port: server.port }), OPERATOR_PASSWORD });
});
beforeEach(async () => {
  Cookie = await signInForCookie(app);
});

const listen = (channel: string, cookie = Cookie) =>
  openEvents(`http://127.0.0.1:${app.port}/operator/channels/${channel}`, cookie);
const publish = (channel: string, fields: object) =>
  app.http.post(`/operator/channels/${channel}`).set({ Cookie }).send(fields);
/** In another browser. */
async function signOutEverywhere() {
  const other = await signInOperator(app);
  await other.post('/operator/sign-out-everywhere').expect(200);
}

async function expireSessions() {
  for (const key of await redis.keys('_app:s:operator:*')) await redis.pexpire(key, 1);
}

const connections = async () => /connected_clients:(\d+)/.exec(await redis.info('clients'))![1];

describe('a channel', () => {
  it('is listened to and published to', async () => {
    const before = await connections();
    const events = await listen('news%20of%2ftoday');
    expect(await events.next('listening')).toBe(true);
    await publish('news%20of%2ftoday', { message: 'hello' }).expect(200, { receivers: 1 });
    expect(await events.next('message')).toMatchObject({ message: 'hello' });
    await redis.publish('news of/today', Buffer.from([0xff]));
    expect(await events.next('message')).toMatchObject({ message: { hex: 'ff' } });
    events.close();
    await until('the connection is closed', async () => (await connections()) === before);
  });

  it("of the app's own is neither", async () => {
    expect((await listen('_app:ended')).status).toBe(403);
    await publish('_app:ended', { message: 'handle' }).expect(403);
  });

  it.each([
    ['a sign-out', () => app.http.post('/operator/sign-out').set({ Cookie }).expect(200)],
    ['a sign-out everywhere elsewhere', signOutEverywhere],
    ['the idle timeout', expireSessions],
  ])('is left within a second after %s', async (_what, end) => {
    let events: Awaited<ReturnType<typeof listen>>;
    const before = async () => {
      Cookie = await signInForCookie(app);
      events = await listen('c');
      await events.next('listening');
    };
    await before();
    const leave = async () => {
      await end();
      expect(await events.next('message')).toBeNull();
    };
    expect(await fastest(leave, { before })).toBeLessThan(SECOND);
  });

  it('does not keep the session from getting idle', async () => {
    const events = await listen('c');
    await events.next('listening');
    for (const key of await redis.keys('_app:s:operator:*')) await redis.pexpire(key, 1200);
    expect(await events.next('message')).toBeNull();
  });

  it('with a message of many megabytes ends, and the app goes on', async () => {
    const events = await listen('c');
    await events.next('listening');
    await redis.publish('c', Buffer.alloc(5_000_000));
    expect(await events.next('problem')).toMatch(/too much to show|closes the connection/);
    await app.http.get('/status/redis').expect(200);
  });

  it('is listened to on and on, however much there was in all', async () => {
    const events = await listen('c');
    await events.next('listening');
    for (let i = 0; i < 5; i++) {
      await redis.publish('c', Buffer.alloc(1_000_000, 'x'));
      expect(await events.next('message')).toMatchObject({ message: { bytes: 1_000_000 } });
    }
    events.close();
  });

  it('has ten listeners at most', async () => {
    const all = [];
    for (let i = 0; i < 10; i++) all.push(await listen(`c${i}`));
    for (const each of all) await each.next('listening');
    const refused = await listen('c10');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('Retry-After')).toBe('10');
    all.pop()!.close();
    await until('there is room', async () => (await listen('c10')).status === 200);
    for (const each of all) each.close();
  });

  it('is left when the instance stops, and so is a long work', async () => {
    const { port } = server;
    const other = await startApp({ ...bound({ host: '127.0.0.1', port }), OPERATOR_PASSWORD });
    const room = `http://127.0.0.1:${other.port}/operator`;
    const events = await openEvents(`${room}/channels/c`, Cookie);
    await events.next('listening');
    await fill(redis, 50_000, 'filler:');
    const counting = await fetch(`${room}/count?match=none*`, { headers: { Cookie } });
    const lines = counting.text();
    await other.drain();
    expect(await events.next('message')).toBeNull();
    expect(await lines).toMatch(/"done":false,"problem":"this instance stops: send the request/);
  });

  it('needs a message', async () => {
    await publish('c', {}).expect(400, 'message field missing');
  });
});
