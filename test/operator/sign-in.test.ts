/** Who may enter the operator's room, and for how long. */
import type { Redis } from 'ioredis';
import request from 'supertest';
import { readConfig } from '../../src/config.ts';
import { createSignIns } from '../../src/operator/sign-ins.ts';
import { sessionKey } from '../../src/redis/names.ts';
import { createSessionId } from '../../src/sessions/record.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { openEvents } from '../support/events.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import { OPERATOR_PASSWORD, signInForCookie, signInOperator } from '../support/operator.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { signUp } from '../support/user.ts';

const DAY = 24 * 60 * 60; // seconds

let server: RedisServer;
let redis: Redis;
let app: App;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  app = await start();
});

const start = (env = {}) =>
  startApp({ ...bound({ host: server.host, port: server.port }), OPERATOR_PASSWORD, ...env });

const guess = (password: string, address = '203.0.113.1', at = app) =>
  request(`http://127.0.0.1:${at.port}`)
    .post('/operator/sign-in')
    .set('X-Forwarded-For', address)
    .type('form')
    .send({ password });

describe('without a password, the room', () => {
  it.each(['/operator/sign-in', '/operator/keys', '/Operator/me', '/operator/keys/foo'])(
    'is not there: GET %s is answered 404 with what to set',
    async (path) => {
      const off = await start({ OPERATOR_PASSWORD: '' });
      await off.http.get(path).expect(404, /cf set-env APP OPERATOR_PASSWORD/);
    },
  );

  it('leaves the key "operator" to everybody', async () => {
    await app.http.get('/operator').expect(404, 'key not present');
  });

  it('says why what is bound cannot be used', async () => {
    const unusable = await startApp({ ...bound({ host: 'h', port: 'x' }), OPERATOR_PASSWORD });
    await unusable.http.get('/operator/keys').expect(500, /cannot be used: the field "port"/);
  });

  it('says that nothing is bound', async () => {
    const unbound = await startApp({ OPERATOR_PASSWORD });
    await unbound.http.get('/operator/keys').expect(500, /^You must bind a Redis service/);
  });
});

describe('the password', () => {
  it('has 12 characters at least', async () => {
    const short = { OPERATOR_PASSWORD: 'eleven char' };
    expect(readConfig(short).operator.password).toBeNull();
    expect(readConfig({ OPERATOR_PASSWORD: 'twelve chars' }).operator.password).toBe(
      'twelve chars',
    );
    const off = await start(short);
    await off.http.get('/operator/me').expect(404, /OPERATOR_PASSWORD has fewer than 12/);
  });

  it('is the same in each way of writing its letters in Unicode', async () => {
    const password = 'zw\u00f6lf Zeichen';
    const own = await start({ OPERATOR_PASSWORD: password.normalize('NFD') });
    await guess(password.normalize('NFC'), '', own).expect(200);
  });

  it('may come from a service with the tag "operator"', async () => {
    const password = 'of a bound service';
    const tagged = { name: 'room', tags: ['operator'], credentials: { password } };
    const { VCAP_SERVICES } = bound({ host: server.host, port: server.port });
    const services = { ...JSON.parse(VCAP_SERVICES!), 'user-provided': [tagged] };
    const other = await startApp({ VCAP_SERVICES: JSON.stringify(services) });
    await guess(password, '203.0.113.9', other).expect(200);
    await guess(OPERATOR_PASSWORD, '203.0.113.9', other).expect(401, 'the password is wrong');
  });

  it('is guessed ten times at most from one address, and at all instances together', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    const other = await start({ TRUSTED_PROXIES: '1' });
    for (let i = 0; i < 10; i++) {
      await guess('wrong', '203.0.113.2', i % 2 ? proxied : other).expect(401);
    }
    const { text, headers } = await guess(OPERATOR_PASSWORD, '203.0.113.2', other).expect(429);
    expect(text).toMatch(/^too many wrong passwords: try again in \d+ seconds$/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(800);
    await guess(OPERATOR_PASSWORD, '203.0.113.3', proxied).expect(200);
  });

  it('is still taken from an address that is known when strangers have used up all guesses', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    await guess(OPERATOR_PASSWORD, '203.0.113.4', proxied).expect(200);
    await redis.set('_app:t:ou:all', 500, 'EX', 60);
    await guess(OPERATOR_PASSWORD, '203.0.113.5', proxied).expect(429);
    await guess(OPERATOR_PASSWORD, '203.0.113.4', proxied).expect(200);
    await redis.del('_app:t:ou:all');
  });

  it('is guessed 500 times from all addresses together', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    await redis.set('_app:t:ou:all', 499, 'EX', 60);
    await guess('wrong', '203.0.113.20', proxied).expect(401);
    await guess('wrong', '203.0.113.21', proxied).expect(429);
    await redis.del('_app:t:ou:all');
  });

  it('may be guessed again by strangers after an hour', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    await redis.del('_app:t:ou:all');
    await guess('wrong', '203.0.113.24', proxied).expect(401);
    const left = await redis.ttl('_app:t:ou:all');
    expect(left).toBeGreaterThan(59 * 60);
    expect(left).toBeLessThanOrEqual(60 * 60);
  });

  it('uses up no guess when it is right, and makes the address known for 30 days from then', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    const listKnown = () => redis.keys('_app:t:ok:*');
    const before = await listKnown();
    await redis.set('_app:t:ou:all', 7, 'EX', 60);
    await guess(OPERATOR_PASSWORD, '203.0.113.22', proxied).expect(200);
    expect(await redis.get('_app:t:ou:all')).toBe('7');
    const [added] = (await listKnown()).filter((key) => !before.includes(key));
    expect(await redis.ttl(added!)).toBeGreaterThan(30 * DAY - 60);
    expect(await redis.ttl(added!)).toBeLessThanOrEqual(30 * DAY);

    await redis.expire(added!, 60);
    await guess(OPERATOR_PASSWORD, '203.0.113.22', proxied).expect(200);
    expect(await redis.ttl(added!)).toBeGreaterThan(30 * DAY - 60);
    await redis.del('_app:t:ou:all');
  });

  it('leaves a line in the log, right or wrong, with the address', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    await guess('wrong', '203.0.113.23', proxied).expect(401);
    await guess(OPERATOR_PASSWORD, '203.0.113.23', proxied).expect(200);
    expect(proxied.lines).toEqual(
      expect.arrayContaining([
        'Sign-in of the operator failed: from 203.0.113.23',
        'Sign-in of the operator from 203.0.113.23',
      ]),
    );
  });

  it('gives strangers no more guesses by sign-ins from an address that is known', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    await guess(OPERATOR_PASSWORD, '203.0.113.4', proxied).expect(200);
    await redis.set('_app:t:ou:all', 500, 'EX', 60);
    await guess(OPERATOR_PASSWORD, '203.0.113.4', proxied).expect(200);
    await guess(OPERATOR_PASSWORD, '203.0.113.5', proxied).expect(429);
    await redis.del('_app:t:ou:all');
  });
});

describe('the session of the operator', () => {
  it('is in a cookie for /operator alone, which scripts and other sites do not get', async () => {
    const { headers } = await guess(OPERATOR_PASSWORD).expect(200, { operator: true });
    expect(headers['set-cookie']![0]).toMatch(
      /^operator=[\w-]{43}; path=\/operator; samesite=strict; httponly$/,
    );
  });

  it('has a name over HTTPS that other apps of the domain cannot set without TLS', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    const { headers } = await guess(OPERATOR_PASSWORD, '203.0.113.6', proxied)
      .set('X-Forwarded-Proto', 'https')
      .expect(200);
    expect(headers['set-cookie']![0]).toMatch(/^__Secure-operator=.*; secure/);
    const all = await start({ TRUSTED_PROXIES: '1', DIAGNOSTICS: 'operator' });
    const response = await guess(OPERATOR_PASSWORD, '203.0.113.6', all)
      .set('X-Forwarded-Proto', 'https')
      .expect(200);
    expect(response.headers['set-cookie']![0]).toMatch(/^__Host-operator=.*; path=\/; .*; secure/);
  });

  it('is read over HTTPS from the cookie of that name alone', async () => {
    const proxied = await start({ TRUSTED_PROXIES: '1' });
    const https = { 'X-Forwarded-Proto': 'https' };
    const { headers } = await guess(OPERATOR_PASSWORD, '203.0.113.6', proxied).set(https);
    const [Cookie] = headers['set-cookie']![0]!.split(';');
    const me = (cookie: string) =>
      proxied.http.get('/operator/me').set({ ...https, Cookie: cookie });
    await me(Cookie!).expect(200);
    await me(Cookie!.replace('__Secure-', '')).expect(401);
  });

  it('has no cookie to be removed where there was none', async () => {
    const { headers } = await app.http.get('/operator/keys').expect(401);
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('ends no later than sessions of users do', async () => {
    const endsIn = async (env: object) => {
      const operator = await signInOperator(await start(env));
      const { body } = await operator.get('/operator/me').expect(200);
      return Date.parse(body.expiresAt) - Date.now();
    };
    for (const env of [{ SESSION_IDLE_TIMEOUT: '60' }, { SESSION_ABSOLUTE_TIMEOUT: '60' }]) {
      const left = await endsIn(env);
      expect(left).toBeGreaterThan(30_000);
      expect(left).toBeLessThan(61_000);
    }
  });

  it('has a cookie that is removed with it, and answers that are not kept', async () => {
    const GONE = /^operator=; path=\/operator; expires=Thu, 01 Jan 1970/;
    const earlier = await signInOperator(app);
    await earlier.post('/operator/sign-out-everywhere').expect(200);
    const [one, other] = [await signInForCookie(app), await signInForCookie(app)];
    await signInForCookie(app);
    const signOut = (Cookie: string, path: string) =>
      app.http
        .post(`/operator/${path}`)
        .set({ Cookie })
        .expect(200)
        .expect('Set-Cookie', GONE)
        .expect('Cache-Control', 'no-store');
    await signOut(one, 'sign-out');
    await app.http.get('/operator/keys').set('Cookie', one).expect(401).expect('Set-Cookie', GONE);
    const { body } = await signOut(other, 'sign-out-everywhere');
    expect(body).toEqual({ ended: 2 });
    expect(app.lines).toContain('Sign-out of the operator everywhere, sessions ended: 2');
  });

  it('is known to all instances, ends after 15 idle minutes, and costs one command', async () => {
    const operator = await signInOperator(app);
    const { body } = await operator.get('/operator/me').expect(200);
    const left = Date.parse(body.expiresAt) - Date.now();
    expect(left).toBeGreaterThan(14 * 60_000);
    expect(left).toBeLessThan(15 * 60_000 + 5000);
    expect(Math.abs(Date.now() - Date.parse(body.signedInAt))).toBeLessThan(60_000);
    const asked = await countCommands(redis, () => operator.get('/operator/me').expect(200));
    expect(asked).toEqual({ getex: 1 });
    for (const key of await redis.keys('_app:s:operator:*')) {
      expect(await redis.pttl(key)).toBeLessThanOrEqual(15 * 60_000);
    }
  });

  it('ends at its sign-out, and everywhere', async () => {
    const [one, two, three] = [
      await signInOperator(app),
      await signInOperator(app),
      await signInOperator(app),
    ];
    await one.post('/operator/sign-out').expect(200, { ended: 1 });
    await one.get('/operator/me').expect(401, /^this is for the operator alone/);
    await two.post('/operator/sign-out-everywhere').expect(200);
    await three.get('/operator/me').expect(401);
  });

  it('ends when its browser signs in anew, and leaves that of another browser', async () => {
    const [earlier, other] = [await signInForCookie(app), await signInForCookie(app)];
    await guess(OPERATOR_PASSWORD).set('Cookie', earlier).expect(200);
    await app.http.get('/operator/me').set('Cookie', earlier).expect(401);
    await app.http.get('/operator/me').set('Cookie', other).expect(200);
  });

  it('ends when the password is another one', async () => {
    const { headers } = await guess(OPERATOR_PASSWORD).expect(200);
    const Cookie = headers['set-cookie']![0]!.split(';')[0]!;
    await app.http.get('/operator/me').set({ Cookie }).expect(200);
    const changed = await start({ OPERATOR_PASSWORD: 'another long password' });
    await changed.http.get('/operator/me').set({ Cookie }).expect(401);
  });

  it('makes nobody a user, and no user the operator', async () => {
    const { headers } = await guess(OPERATOR_PASSWORD).expect(200);
    const id = /operator=([^;]+)/.exec(headers['set-cookie']![0]!)![1]!;
    await app.http.get('/session/me').set('Cookie', `session=${id}`).expect(401);
    const user = await signUp(app, 'operator');
    const stolen = user.cookie.replace('session=', 'operator=');
    await app.http.get('/operator/me').set('Cookie', stolen).expect(401);
  });

  it('outlives a Redis that is away, which is a 503 within a second, and scrapers see it', async () => {
    const away = await startRedis();
    const { host, port } = away;
    const env = { ...bound({ host, port }), OPERATOR_PASSWORD };
    const own = await startApp(env);
    const operator = await signInOperator(own);
    const scraped = await startApp({ ...env, DIAGNOSTICS: 'operator' });
    const scrape = () => scraped.http.get('/status/metrics').auth('operator', OPERATOR_PASSWORD);
    await scrape().expect(200, /^redis_up 1$/m);
    await away.stop();
    await until('the app has noticed', async () => !own.availability.isAvailable);
    const took = await fastest(() => operator.get('/operator/keys').expect(503));
    expect(took).toBeLessThan(SECOND);
    const stranger = scraped.http.get('/operator/keys');
    await stranger
      .set('Cookie', `operator=${createSessionId()}`)
      .expect(503, /^Redis does not work/);
    const { headers } = await operator
      .get('/operator/redis')
      .expect(503, /^Redis (refuses|closes)/);
    expect(headers).not.toHaveProperty('set-cookie');
    await scrape().expect(200, /^redis_up 0$/m);
  });
});

describe('what goes on for a session', () => {
  const left = new AbortController();
  afterAll(() => left.abort());

  async function begin() {
    const timeouts = { idle: DAY * 1000, absolute: DAY * 1000 };
    const hashing = { N: 2 ** 10, r: 8, p: 1 };
    const parts = { redis: app.redis!, password: OPERATOR_PASSWORD, timeouts, hashing };
    const signIns = createSignIns({ ...parts, log: () => {} });
    const session = await signIns.find(await signIns.begin());
    return { signIns, session: session! };
  }

  it('ends with its absolute timeout, though Redis keeps the session for longer', async () => {
    const { signIns, session } = await begin();
    const over = { ...session, endsAt: session.startedAt };
    const signal = signIns.untilEnd(over, left.signal, false);
    await until('the end', () => signal.aborted);
    expect(signal.reason).toMatch(/^the session has ended/);
  });

  it('goes on while Redis is away', async () => {
    const { signIns, session } = await begin();
    const look = jest.spyOn(app.redis!.writer as Redis, 'pttl');
    look.mockRejectedValue(new Error('Connection is closed'));
    const looks = () => look.mock.calls.filter(([key]) => key === sessionKey(session.handle));
    const signal = signIns.untilEnd(session, left.signal, false);
    await until('it was looked for twice', () => looks().length >= 2);
    expect(signal.aborted).toBe(false);
    look.mockRestore();
  });
});

describe('DIAGNOSTICS=operator', () => {
  const PATHS = ['/', '/config/maxmemory', '/instances/list', '/status/metrics'];

  it('opens diagnostics to the operator alone', async () => {
    const own = await start({ DIAGNOSTICS: 'operator' });
    const { headers } = await guess(OPERATOR_PASSWORD, '', own).expect(200);
    expect(headers['set-cookie']![0]).toMatch(/; path=\/; /);
    const operator = await signInOperator(own);
    const user = await signUp(own);
    for (const path of PATHS) {
      await operator.get(path).expect(200);
      await user
        .at(own)
        .get(path)
        .expect(403, /sign in with POST \/operator\/sign-in/);
      await operator.get(path).set('Sec-Fetch-Site', 'same-site').expect(403);
    }
    await operator.get('/').expect(200, /^Redis works/);
  });

  it('ends open streams of events within a second after the session', async () => {
    const own = await start({ DIAGNOSTICS: 'operator' });
    let Cookie: string;
    let events: Awaited<ReturnType<typeof openEvents>>;
    const before = async () => {
      Cookie = await signInForCookie(own);
      events = await openEvents(`http://127.0.0.1:${own.port}/instances/events`, Cookie);
      expect(await events.next('redis')).toHaveProperty('server');
    };
    await before();
    const leave = async () => {
      await own.http.post('/operator/sign-out').set({ Cookie }).expect(200);
      expect(await events.next('none')).toBeNull();
    };
    expect(await fastest(leave, { before })).toBeLessThan(SECOND);
  });

  it('takes the password by HTTP Basic authentication, to read, at no command', async () => {
    const own = await start({ DIAGNOSTICS: 'operator' });
    const scrape = (user = 'operator') =>
      own.http.get('/status/metrics').auth(user, OPERATOR_PASSWORD);
    await scrape().expect(200, /^redis_up 1$/m);
    expect(await countCommands(redis, () => scrape().expect(200))).toEqual({});
    await own.http.get('/config/maxmemory').auth('operator', OPERATOR_PASSWORD).expect(200);
    await scrape('admin').expect(403);
    await own.http.head('/status/metrics').auth('operator', OPERATOR_PASSWORD).expect(403);
    await own.http.put('/tls/v1.3/k').auth('operator', OPERATOR_PASSWORD).expect(403);
    await own.http.get('/operator/me').auth('operator', OPERATOR_PASSWORD).expect(401);
    await scrape().set('Sec-Fetch-Site', 'cross-site').expect(403);
  });

  it('takes any letters in the password, and any letter case in the name of the scheme', async () => {
    const password = '???>>>: and more';
    const own = await start({ DIAGNOSTICS: 'operator', OPERATOR_PASSWORD: password });
    const encoded = Buffer.from(`operator:${password}`).toString('base64');
    expect(encoded).toContain('Pz8/Pj4+');
    await own.http.get('/status/metrics').set('Authorization', `basic ${encoded}`).expect(200);
  });

  it('is not opened by guessing, nor asks browsers for a password', async () => {
    const own = await start({ DIAGNOSTICS: 'operator', TRUSTED_PROXIES: '1' });
    const scrape = (password: string) =>
      own.http
        .get('/status/metrics')
        .set('X-Forwarded-For', '203.0.113.7')
        .auth('operator', password);
    await scrape(OPERATOR_PASSWORD).expect(200);
    for (let i = 0; i < 10; i++) {
      const { headers } = await scrape('wrong').expect(401, 'the password is wrong');
      expect(headers).not.toHaveProperty('www-authenticate');
    }
    await scrape(OPERATOR_PASSWORD).expect(429);
  });
});
