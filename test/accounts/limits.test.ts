/** Limits on one address, and their effect on others. */
import { request } from 'node:http';
import type { Redis } from 'ioredis';
import { PREFERRED } from '../../src/accounts/passwords.ts';
import { createThrottle } from '../../src/accounts/throttle.ts';
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { startProgram } from '../support/program.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'correct horse battery staple';
const ATTACKER = '198.51.100.1';
const BYSTANDER = '192.0.2.1';
const PART = 100;
/** A load balancer's word is taken for the address. */
const ON_PLATFORM = { VCAP_APPLICATION: JSON.stringify({ name: 'my-app' }) };

let server: RedisServer;
let redis: Redis;
let env: Environment;
let app: App;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  env = { ...bound({ host: server.host, port: server.port }), ...ON_PLATFORM };
  app = await startApp(env);
});
beforeEach(async () => {
  const counters = await redis.keys('_app:t*');
  if (counters.length > 0) await redis.del(counters);
});

let users = 0;
const newName = () => `user-${++users}`;
const post = (path: string, username: string, address = ATTACKER, password = PASSWORD) =>
  app.http.post(`/session/${path}`).set('X-Forwarded-For', address).send({ username, password });

describe('an address', () => {
  it('may make and keep 500 accounts in an hour, and gets one back for each that it deletes', async () => {
    const name = newName();
    await post('sign-up', name).expect(201);
    await count('countSignUp', 499);
    const before = await redis.keys('_app:a:*');
    const { headers, text } = await post('sign-up', newName()).expect(429);
    expect(text).toMatch(/^too many sign-ups from your address: try again in 60 minutes$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(59 * 60);
    expect(await redis.keys('_app:a:*')).toEqual(before);
    await post('sign-up', newName(), BYSTANDER).expect(201);

    await redis.del(...(await redis.keys('_app:t:u:*')));
    await count('countSignUp', 500);
    await post('delete-account', name).expect(200);
    await post('sign-up', newName()).expect(201);
    await post('sign-up', newName()).expect(429);
  });

  it('gets none back for an account that was made elsewhere', async () => {
    const name = newName();
    await post('sign-up', name, BYSTANDER).expect(201);
    await count('countSignUp', 500);
    await post('delete-account', name).expect(200);
    await post('sign-up', newName()).expect(429);
  });

  it('finds out no name once it may make no more accounts', async () => {
    const taken = newName();
    await post('sign-up', taken, BYSTANDER).expect(201);
    await count('countSignUp', 500);
    const answers = [await post('sign-up', taken), await post('sign-up', newName())];
    for (const { status, text } of answers) {
      expect(status).toBe(429);
      expect(text).toMatch(/^too many sign-ups from your address: try again in 60 minutes$/);
    }
  });

  it('gets back a sign-up of which no account came', async () => {
    const taken = newName();
    await post('sign-up', taken, BYSTANDER).expect(201);
    await count('countSignUp', 499);
    await post('sign-up', taken).expect(409);
    await count('countGuess', 100);
    await post('sign-up', newName()).expect(429, /^too many failed sign-ins and sign-ups/);
    await redis.del(...(await redis.keys('_app:t:a:*')));

    await post('sign-up', newName()).expect(201);
    await post('sign-up', newName()).expect(429, /^too many sign-ups from your address/);
  });

  it('may try 3000 passwords in an hour, right ones too', async () => {
    const name = newName();
    await post('sign-up', name).expect(201);
    await count('countAttempt', 2999);
    await post('sign-in', name).expect(200);
    const { headers, text } = await post('sign-in', name).expect(429);
    expect(text).toMatch(/^too many sign-ins from your address: try again in 60 minutes$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(59 * 60);
    await post('delete-account', name).expect(429);
    await post('sign-in', name, BYSTANDER).expect(200);
  });

  it('finds out no more than 100 names in an hour by signing up', async () => {
    const taken = newName();
    await post('sign-up', taken, BYSTANDER).expect(201);
    await count('countGuess', 99);
    await post('sign-up', taken).expect(409);

    const { text } = await post('sign-up', taken).expect(429);
    const { text: same } = await post('sign-up', newName()).expect(429);
    for (const each of [text, same])
      expect(each).toMatch(/^too many failed sign-ins and sign-ups: try again in 60 minutes$/);
    await post('sign-in', 'nobody').expect(429);
  });

  it('may sign up as often as it likes under names that are free', async () => {
    await count('countGuess', 99);
    for (let i = 0; i < 3; i++) await post('sign-up', newName()).expect(201);
  });

  async function count(what: 'countSignUp' | 'countAttempt' | 'countGuess', times: number) {
    const throttle = createThrottle(redis);
    // In parts, because the app shares this process: it takes Redis for away when it waits for long
    for (let left = times; left > 0; left -= PART) {
      const part = Array.from({ length: Math.min(left, PART) }, () => throttle[what](ATTACKER));
      await Promise.all(part);
    }
  }
});

describe('a user at another address', () => {
  /** Two hashes at a time: those that are being made, and one beside that of the bystander. */
  const MOST_BEFORE = 4;

  let url: string;
  beforeAll(async () => {
    ({ url } = await startProgram(env));
    for (const name of ['owner', 'bystander']) await send('sign-up', name, BYSTANDER);
  });

  function send(to: string, username: string, address: string, signal?: AbortSignal) {
    return fetch(`${url}/session/${to}`, {
      signal,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
      body: JSON.stringify({ username, password: PASSWORD }),
    });
  }

  it.each([
    ['twenty sign-ups', 'sign-up', (i: number) => `flood-${i}`],
    ['twenty right sign-ins', 'sign-in', () => 'owner'],
  ])('does not wait for %s of one address to end', async (_what, path, nameOf) => {
    const leaving = new AbortController();
    const flood = Array.from({ length: 20 }, (_, i) =>
      send(path, nameOf(i), ATTACKER, leaving.signal),
    );
    let answered = 0;
    for (const each of flood)
      void each.then(
        () => answered++,
        () => {},
      );
    await Promise.race(flood);
    const before = answered;
    const { status } = await send('sign-in', 'bystander', BYSTANDER);
    expect(status).toBe(200);
    expect(answered - before).toBeLessThanOrEqual(MOST_BEFORE);
    leaving.abort();
    await Promise.allSettled(flood);
  });
});

describe('an instance', () => {
  it('has connections left when three addresses send 200 sign-ins each', async () => {
    const instance = await startProgram(env);
    const flood = new AbortController();
    const username = newName();
    const send = (to: string, address: string) =>
      fetch(`${instance.url}/session/${to}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
        body: JSON.stringify({ username, password: PASSWORD }),
        signal: flood.signal,
      });
    expect((await send('sign-up', BYSTANDER)).status).toBe(201);
    const signIn = (i: number) =>
      send('sign-in', `198.51.100.${i % 3}`).then(
        ({ status }) => status,
        () => null,
      );
    let answered = 0;
    const waiting: Promise<number | null>[] = [];
    for (let i = 0; i < 600; i++) {
      waiting.push(signIn(i).finally(() => answered++));
      // An instance that reads 600 requests at once, on a busy machine, reads Redis' answers too late
      if (i % PART === 0) await fetch(`${instance.url}/status/health`);
    }
    // 128 wait for a hash, and some have one; on a busy machine, more may have got theirs meanwhile
    await until('all others are answered at once', () => answered >= 460, { limit: 30_000 });

    expect((await fetch(`${instance.url}/status/health`)).status).toBe(200);
    flood.abort();
    const statuses = await Promise.all(waiting);
    expect(statuses.filter((status) => status === 503)).toEqual([]);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(200);
  });
});

describe('a client that leaves', () => {
  it('leaves no work behind', async () => {
    const { http, port } = await startApp(env, PREFERRED);
    const taken = Array.from({ length: 20 }, () => newName());
    const requests = taken.map((username) => leaveAfterSending(port, username));
    await Promise.all(requests);
    await http
      .post('/session/sign-up')
      .set('X-Forwarded-For', ATTACKER)
      .send({ username: newName(), password: PASSWORD })
      .expect(201);

    const accounts = await redis.keys('_app:a:*');
    const made = taken.filter((name) => accounts.includes(`_app:a:${name}`));
    expect(made.length).toBeLessThan(10);
  });

  /** Resolves when the connection is closed, as soon as the app has read the request. */
  function leaveAfterSending(port: number, username: string): Promise<void> {
    const body = JSON.stringify({ username, password: PASSWORD });
    const sent = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/session/sign-up',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': body.length,
        'X-Forwarded-For': ATTACKER,
        Expect: '100-continue',
      },
    });
    sent.on('error', () => {});
    return new Promise((resolve) => {
      sent.on('close', resolve);
      sent.on('continue', () => sent.end(body, () => setImmediate(() => sent.destroy())));
      sent.flushHeaders();
    });
  }
});
