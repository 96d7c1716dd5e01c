/** The contract of the routes under /session/. */
import type { Redis } from 'ioredis';
import request, { type Response } from 'supertest';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { createThrottle } from '../../src/accounts/throttle.ts';
import { INSTANCES_KEY, THROTTLE_PREFIX } from '../../src/redis/names.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';

const PASSWORD = 'correct horse battery staple';
const KIB = 1024;
/** The Accept header of a browser. */
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const INSTANCE = { index: 3, guid: '12345678-aaaa-bbbb-cccc-1234567890ab' };
const ON_PLATFORM = { VCAP_APPLICATION: JSON.stringify({ name: 'my-app' }) };

type Method = 'get' | 'put' | 'post' | 'delete';

let server: RedisServer;
let redis: Redis;
let app: App;
/** The same app as the platform runs it: behind a router that speaks TLS to the world. */
let onPlatform: App;
/** Cookies of two users, each in the one browser that all tests leave signed in. */
let alice: string;
let bob: string;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  app = await start({ CF_INSTANCE_INDEX: '3', CF_INSTANCE_GUID: INSTANCE.guid });
  onPlatform = await start(ON_PLATFORM);
  alice = await signUp('Alice');
  bob = await signUp('bob');
});
afterEach(async () => {
  const { body, status } = await as(alice).get('/session/data');
  if (status === 200) return removeAll(Object.keys(body));
  // This test shall not take all others with it
  alice = await signIn('Alice');
  throw new Error(`the test has lost the login of Alice: ${status}`);
});

async function removeAll(fields: string[]): Promise<void> {
  for (const field of fields) {
    await as(alice)
      .delete(`/session/data/${encodeURIComponent(field)}`)
      .expect(200);
  }
}

function start(env: Record<string, string> = {}): Promise<App> {
  return startApp({ ...bound({ host: server.host, port: server.port }), ...env });
}

const login = (username: string, password = PASSWORD) => ({ username, password });
const post = (path: string, fields: object, at = app) =>
  at.http.post(`/session/${path}`).type('form').send(fields);
/** As a browser does. */
const submit = (path: string, fields: object, cookie = '') =>
  post(path, fields).set({ Accept: BROWSER, Cookie: cookie });
const as = (cookie: string, at = app) =>
  request.agent(`http://127.0.0.1:${at.port}`).set('Cookie', cookie);
const put = (field: string, data: string) =>
  as(alice).put(`/session/data/${field}`).type('form').send({ data });
/** A form as the bytes that go over the wire. */
const putRaw = (field: string, form: string) =>
  as(alice)
    .put(`/session/data/${field}`)
    .type('form')
    .serialize((sent) => sent)
    .send(form);

async function signUp(username: string): Promise<string> {
  return cookieOf(await post('sign-up', login(username)).expect(201));
}

async function signIn(username: string): Promise<string> {
  return cookieOf(await post('sign-in', login(username)).expect(200));
}

/** `name=value` of the one cookie that an answer sets. */
function cookieOf({ headers }: Response): string {
  const cookies = headers['set-cookie'] as unknown as string[];
  expect(cookies).toHaveLength(1);
  return cookies[0]!.split(';')[0]!;
}

const valueOf = (cookie: string) => cookie.split('=')[1]!;

/** All that Redis holds, but for the time that it has to live, and for the heartbeats. */
async function readAllOfRedis(): Promise<Record<string, string>> {
  const keys = (await redis.keys('*')).filter((key) => key !== INSTANCES_KEY).sort();
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return Object.fromEntries(keys.map((key, i) => [key, dumps[i]!.toString('hex')]));
}

/** Without the counters of sign-ins and sign-ups, which end by themselves. */
async function readAllButCounters() {
  const all = Object.entries(await readAllOfRedis());
  return Object.fromEntries(all.filter(([key]) => !key.startsWith(THROTTLE_PREFIX)));
}

describe('POST /session/sign-up', () => {
  it.each(['Zoë.Åß+1@例え-x_y', 'हिन्दी', 'Jürgen'.normalize('NFD')])(
    'answers 201 with the user, who is signed in: %s',
    async (user) => {
      const browser = request.agent(`http://127.0.0.1:${app.port}`);
      await browser.post('/session/sign-up').type('form').send(login(user)).expect(201, { user });

      const { body } = await browser.get('/session/me').expect(200);
      expect(body.user).toBe(user);
    },
  );

  it('takes JSON', async () => {
    const credentials = login('json');
    await app.http.post('/session/sign-up').send(credentials).expect(201, { user: 'json' });
    await app.http.post('/session/sign-in').send(credentials).expect(200, { user: 'json' });
  });

  it.each([
    ['as it is', 'Alice'],
    ['in another letter case', 'alice'],
    ['in fullwidth letters', 'Ａｌｉｃｅ'],
  ])('answers 409 to a name that is taken, %s', async (_how, name) => {
    const before = await readAllButCounters();
    const { headers } = await post('sign-up', login(name)).expect(409, 'the user name is taken');

    expect(headers['set-cookie']).toBeUndefined();
    expect(await readAllButCounters()).toEqual(before);
  });

  it('gives a name to one of two who want it at the same time', async () => {
    const answers = await Promise.all([1, 2].map(() => post('sign-up', login('wanted'))));
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([201, 409]));
  });

  const LETTERS = 'a user name has letters, digits and . _ - @ + only';
  const INVISIBLE = 'a user name has no invisible characters';
  const TOO_SHORT = 'a password has at least 8 characters';
  const NOT_VISIBLE =
    'a password is more than white space and accents: add a letter, a digit or a symbol';
  const THE_NAME = 'a password is not the user name';
  const COMMON =
    'this password is one of the commonest, which attackers try first: choose another one, for example four random words';

  it.each([
    ['a space in the name', 'al ice', PASSWORD, `${LETTERS}, and not a space`],
    ['a newline in the name', 'al\nice', PASSWORD, `${LETTERS}, and not U+000A`],
    ['markup in the name', 'a<b>lice</b>', PASSWORD, `${LETTERS}, and not “<”`],
    ['an emoji in the name', 'alice🔑', PASSWORD, `${LETTERS}, and not “🔑”`],
    ['a soft hyphen in the name', 'al\u00adice', PASSWORD, `${LETTERS}, and not U+00AD`],
    ['a variation selector in it', 'alice\ufe0f', PASSWORD, `${INVISIBLE}, and not U+FE0F`],
    ['a Hangul filler in it', 'alice\u3164', PASSWORD, `${INVISIBLE}, and not U+3164`],
    ['a grapheme joiner in it', 'al\u034fice', PASSWORD, `${INVISIBLE}, and not U+034F`],
    ['a ligature of 18 letters and spaces', '\ufdfa', PASSWORD, `${LETTERS}, and not “\ufdfa”`],
    ['33 ligatures of two letters in it', 'ǆ'.repeat(33), PASSWORD, /at most 64 characters$/],
    ['257 units in it', 'a'.repeat(257), PASSWORD, 'a user name has at most 64 characters'],
    ['8 spaces of no width in the password', 'new', '\u200b'.repeat(8), TOO_SHORT],
    ['8 Braille patterns without dots', 'new', '\u2800'.repeat(8), TOO_SHORT],
    ['8 spaces in the password', 'new', ' \u3000'.repeat(4), NOT_VISIBLE],
    ['8 combining marks in the password', 'new', '\u0301\u0488'.repeat(4), NOT_VISIBLE],
    ['a common password with an invisible character', 'new', 'pass\u200bword123', COMMON],
    ['the name with an invisible character', 'long-enough', 'long\u2060-enough', THE_NAME],
    ['4 letters and 4 invisible ones', 'new', 'abc\u2060\u00ad\u200d\ufe0fd', TOO_SHORT],
    ['8 units of 4 characters in it', 'new', '🔑🔑🔑🔑', TOO_SHORT],
    ['a common password', 'new', 'password', COMMON],
    ['the last in a line of the list', 'new', 'jennifer', COMMON],
    ['the first in the next line', 'new', 'trustno1', COMMON],
    ['the last of the list', 'new', '10051985', COMMON],
    ['one in capitals', 'new', 'PASSWORD1', COMMON],
    ['one in fullwidth digits', 'new', '１２３４５６７８', COMMON],
    ['65 letters in the name', 'a'.repeat(65), PASSWORD, 'a user name has at most 64 characters'],
    ['7 characters in the password', 'new', '7 chars', 'a password has at least 8 characters'],
    ['257 in it', 'new', 'x'.repeat(257), 'a password has at most 256 characters'],
    ['the name as password', 'long-enough', 'long-enough', 'a password is not the user name'],
    ['no name', undefined, PASSWORD, 'username field missing'],
    ['an empty name', '', PASSWORD, 'username field missing'],
    ['no password', 'new', undefined, 'password field missing'],
    ['an empty password', 'new', '', 'password field missing'],
  ])('answers 400 to %s, and says so', async (_name, username, password, message) => {
    const before = await readAllOfRedis();
    await post('sign-up', { username, password }).expect(400, message);
    expect(await readAllOfRedis()).toEqual(before);
  });

  it('allows 64 letters in the name, and 7 spaces in a password', async () => {
    await post('sign-up', login('a'.repeat(64), `p${' '.repeat(7)}`)).expect(201);
  });

  it('counts characters as people do, after normalization', async () => {
    const name = '각'.normalize('NFD').repeat(64);
    await post('sign-up', login(name, '🔑'.repeat(256))).expect(201);
    await post('sign-in', login(name.normalize('NFC'), '🔑'.repeat(256))).expect(200);
  });

  it('allows 256 characters in the password, of which every one counts', async () => {
    await post('sign-up', login('long', 'x'.repeat(256))).expect(201);
    await post('sign-in', login('long', 'x'.repeat(255))).expect(401);
  });

  it.each([
    ['a number', { username: 'new', password: 12345678 }, 'password must be a string'],
    ['a list', { username: ['new'], password: PASSWORD }, 'username must be a string'],
  ])('answers 400 to %s instead of a text', async (_name, fields, message) => {
    await app.http.post('/session/sign-up').send(fields).expect(400, message);
  });

  it.each([
    ['username=%ff&password=long+enough', 'username must be UTF-8 text'],
    ['username=new&password=%ff%ff%ff%ff%ff%ff%ff%ff', 'password must be UTF-8 text'],
    ['username=new&password=100%', /malformed % escape/],
  ])('answers 400 to %s', async (form, message) => {
    await app.http.post('/session/sign-up').type('form').send(form).expect(400, message);
  });

  it('answers 413 to a form of more than 16 KiB', async () => {
    await post('sign-up', login('new', 'x'.repeat(16 * KIB))).expect(413);
  });

  describe('with SIGN_UP=closed', () => {
    let closed: App;
    beforeAll(async () => {
      closed = await start({ SIGN_UP: 'closed' });
    });

    it('answers 403', async () => {
      const before = await readAllOfRedis();
      await post('sign-up', login('new'), closed).expect(403, 'sign-up is closed (SIGN_UP=closed)');
      await closed.http.get('/session/sign-up').expect(403);
      expect(await readAllOfRedis()).toEqual(before);
    });

    it('lets those who have an account sign in', async () => {
      await post('sign-in', login('bob'), closed).expect(200);
    });
  });
});

describe('POST /session/sign-in', () => {
  it('answers 200 with the name as it was written at sign-up, however it is written now', async () => {
    await signUp('José');
    const name = 'ＪOSÉ'.normalize('NFD');
    const answer = await post('sign-in', login(name)).expect(200, { user: 'José' });

    const browser = as(cookieOf(answer));
    expect((await browser.get('/session/me').expect(200)).body.user).toBe('José');
    expect((await browser.get('/session/list').expect(200)).body).toHaveLength(2);
  });

  it('answers 401 to a wrong password and to an unknown user, in the same words', async () => {
    const message = 'the user name or the password is wrong';
    const wrong = await post('sign-in', login('Alice', 'wrong password')).expect(401, message);
    const unknown = await post('sign-in', login('nobody')).expect(401, message);

    for (const { headers } of [wrong, unknown]) expect(headers['set-cookie']).toBeUndefined();
  });

  it.each([
    [{ username: 'Alice' }, 'password field missing'],
    [{ password: PASSWORD }, 'username field missing'],
    [{}, 'username field missing'],
  ])('answers 400 to %j', async (fields, message) => {
    await post('sign-in', fields).expect(400, message);
  });

  it('answers 429 with Retry-After after ten wrong passwords, for a right one too', async () => {
    await useUpSignIns('bob');

    const attacked = post('sign-in', login('bob'), onPlatform).set('X-Forwarded-For', '192.0.2.1');
    const { headers, text } = await attacked.expect(429);
    const seconds = Number(headers['retry-after']);
    expect(seconds).toBeGreaterThan(14 * 60);
    expect(seconds).toBeLessThanOrEqual(15 * 60);
    expect(text).toBe('too many failed sign-ins: try again in 15 minutes');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('ends the session that the browser had, under an id of its own', async () => {
    const browser = request.agent(`http://127.0.0.1:${app.port}`);
    const first = cookieOf(
      await browser.post('/session/sign-up').type('form').send(login('anew')).expect(201),
    );
    const second = cookieOf(
      await browser.post('/session/sign-in').type('form').send(login('anew')).expect(200),
    );

    expect(second).not.toBe(first);
    await as(first).get('/session/me').expect(401);
    const { body } = await browser.get('/session/list').expect(200);
    expect(body).toHaveLength(1);
  });

  it('takes no session id from the client', async () => {
    const planted = `session=${'x'.repeat(43)}`;
    const answer = await post('sign-in', login('Alice')).set('Cookie', planted).expect(200);

    expect(cookieOf(answer)).not.toBe(planted);
    await as(planted).get('/session/me').expect(401);
  });

  it("hands nothing of one user's session to the next user of the browser", async () => {
    const browser = request.agent(`http://127.0.0.1:${app.port}`);
    await browser.post('/session/sign-up').type('form').send(login('before')).expect(201);
    await browser.put('/session/data/secret').type('form').send({ data: 'mine' }).expect(201);

    await browser.post('/session/sign-in').type('form').send(login('Alice')).expect(200);
    await browser.get('/session/data').expect(200, {});
    const { body } = await browser.get('/session/me').expect(200);
    expect(body.user).toBe('Alice');
  });
});

describe('a name or a password of 900 KB', () => {
  /** Combining marks that NFKC has to sort: before, these took minutes. */
  const LONG = 'a' + '\u0301\u0323'.repeat(200_000);

  it.each([
    ['sign-up', login(LONG)],
    ['sign-in', login(LONG)],
    ['sign-in', login('Alice', LONG)],
    ['delete-account', login('Alice', LONG)],
    ['change-password', { ...login('Alice'), 'new-password': LONG }],
  ])('to %s is refused at once', async (path, fields) => {
    const began = performance.now();
    const { status } = await app.http.post(`/session/${path}`).send(fields);
    expect([400, 413]).toContain(status);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it('in a form of 16 KiB is refused before Redis is asked', async () => {
    const marks = '\u0301\u0323'.repeat(600);
    const commands = await countCommands(redis, async () => {
      await post('sign-in', login(`a${marks}`)).expect(400, /^a user name has at most 64/);
      await post('sign-in', login('Alice', marks)).expect(400, /^a password has at most 256/);
    });
    expect(commands).toEqual({});
  });
});

describe('the cookie', () => {
  const COOKIE_VALUE = '[\\w-]{43}';

  it('over HTTP is `session`, for this host and not for scripts', async () => {
    const { headers } = await post('sign-in', login('Alice')).expect(200);

    const [cookie, ...others] = headers['set-cookie'] as unknown as string[];
    expect(others).toEqual([]);
    expect(cookie).toMatch(new RegExp(`^session=${COOKIE_VALUE}; path=/; samesite=lax; httponly$`));
  });

  it('over HTTPS is `__Host-session`, which no other host can set', async () => {
    const { headers } = await post('sign-in', login('Alice'), onPlatform)
      .set('X-Forwarded-Proto', 'https')
      .expect(200);

    const [cookie, ...others] = headers['set-cookie'] as unknown as string[];
    expect(others).toEqual([]);
    expect(cookie).toMatch(
      new RegExp(`^__Host-session=${COOKIE_VALUE}; path=/; samesite=lax; secure; httponly$`),
    );
    const name = cookie!.split(';')[0]!;
    await as(name, onPlatform).get('/session/me').set('X-Forwarded-Proto', 'https').expect(200);
    await as(name.replace('__Host-', ''), onPlatform)
      .get('/session/me')
      .set('X-Forwarded-Proto', 'https')
      .expect(401);
  });

  it('over HTTPS is cleared by the name and with the attributes that it has there', async () => {
    const { headers } = await as(`__Host-session=${'x'.repeat(43)}`, onPlatform)
      .get('/session/me')
      .set('X-Forwarded-Proto', 'https')
      .expect(401);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-session=; path=\/; expires=Thu, 01 Jan 1970 [^;]*; samesite=lax; secure; httponly$/,
      ),
    ]);
  });

  it('takes nobody’s word for HTTPS who is not the platform', async () => {
    await as(alice).get('/session/me').set('X-Forwarded-Proto', 'https').expect(200);
  });

  it.each(['/session/me', '/session/data', '/session/list', '/session/sign-in'])(
    'is not set anew by a read of %s, which nobody may cache',
    async (path) => {
      const { headers } = await as(alice).get(path).expect(200);
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['cache-control']).toBe('no-store');
    },
  );

  it.each([
    ['of a session that has ended', 'x'.repeat(43)],
    ['that never was one', 'x'],
    ['with an attempt at a key', '*'],
  ])('%s is taken away, so that it comes no more', async (_name, value) => {
    const { headers } = await as(`session=${value}`).get('/session/me').expect(401);
    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
  });
});

describe('GET /session/me', () => {
  it('answers with who is signed in, since when, by which instance, and how long', async () => {
    const before = Date.now();
    const cookie = await signIn('Alice');
    const { body } = await as(cookie, onPlatform).get('/session/me').expect(200);
    const after = Date.now();

    const { app: other } = (await onPlatform.http.get('/').set('Accept', 'application/json')).body;
    expect(body).toEqual({
      user: 'Alice',
      signedInAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      signedInBy: INSTANCE,
      servedBy: other.instance,
      idleTimeout: 30 * 60,
      absoluteTimeout: 12 * 60 * 60,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expectBetween(Date.parse(body.signedInAt), before, after);
    expectBetween(Date.parse(body.expiresAt), before + 30 * 60_000, after + 30 * 60_000);
  });

  it('ends at the absolute timeout, even where idling would last longer', async () => {
    const short = await start({ SESSION_IDLE_TIMEOUT: '3600', SESSION_ABSOLUTE_TIMEOUT: '1800' });
    const cookie = cookieOf(await post('sign-in', login('Alice'), short).expect(200));
    const { body } = await as(cookie, short).get('/session/me').expect(200);

    expect(body).toMatchObject({ idleTimeout: 3600, absoluteTimeout: 1800 });
    expect(Date.parse(body.expiresAt) - Date.parse(body.signedInAt)).toBe(1800_000);
  });

  it('answers 401 to whom nobody knows', async () => {
    await app.http.get('/session/me').expect(401, 'nobody is signed in: POST /session/sign-in');
  });

  it('answers 405 to another method', async () => {
    const { headers } = await app.http.post('/session/me').expect(405);
    expect(headers.allow!.split(', ').sort()).toEqual(['GET', 'HEAD']);
  });
});

describe('GET, PUT and DELETE /session/data/:field', () => {
  it('work as those of keys do', async () => {
    await put('color', 'blue').expect(201, 'success');
    await as(alice).get('/session/data/color').expect(200, 'blue');
    await as(alice).get('/session/data').expect(200, { color: 'blue' });
    await as(alice).delete('/session/data/color').expect(200, 'success');
    await as(alice).get('/session/data/color').expect(404, 'key not present');
    await as(alice).delete('/session/data/color').expect(404, 'key not present');
    await as(alice).get('/session/data').expect(200, {});
  });

  it('take JSON', async () => {
    const send = (body: object) => as(alice).put('/session/data/color').send(body);
    await send({ data: 'blue 🔑 \0' }).expect(201, 'success');
    await as(alice).get('/session/data/color').expect(200, 'blue 🔑 \0');
    await send({ data: 1 }).expect(400, 'data must be a string');
    await send({}).expect(400, 'data field missing');
  });

  it.each([
    ['no body', ''],
    ['another field', 'date=blue'],
    ['the field without a value', 'data'],
  ])('answer 400 to %s', async (_name, form) => {
    await putRaw('color', form).expect(400, 'data field missing');
    await as(alice).get('/session/data').expect(200, {});
  });

  it.each(['data=%ff', 'data=%C3%28', 'data=%ED%A0%80'])(
    'answer 400 to %s, which is not UTF-8',
    async (form) => {
      await putRaw('color', form).expect(400, 'data must be UTF-8 text');
      await as(alice).get('/session/data').expect(200, {});
    },
  );

  it.each(['get', 'put', 'delete'] as const)('answer 401 to %s from nobody', async (method) => {
    await app.http[method]('/session/data/color').type('form').send('data=x').expect(401);
  });

  it.each([
    ['a name from the prototype of all objects', '__proto__', '__proto__'],
    ['another one', 'constructor', 'constructor'],
    ['a name that koa-session has for itself', 'save', 'save'],
    ['another such name', 'maxAge', 'maxAge'],
    ['a third', 'length', 'length'],
    ['the name of what says whose session it is', 'user', 'user'],
    ['an underscore in front', '_x', '_x'],
    ['a space', 'a%20b', 'a b'],
    ['a plus, which is no space in a path', 'a+b', 'a+b'],
    ['slashes', '%2Fa%2F%2Fb', '/a//b'],
    ['a quote and a backslash', '%22%5C', '"\\'],
    ['a NUL', 'a%00b', 'a\0b'],
    ['an emoji', '%F0%9F%94%91', '🔑'],
    ['256 characters', 'f'.repeat(256), 'f'.repeat(256)],
  ])('take a field with %s', async (_name, path, field) => {
    await put(path, 'kept').expect(201, 'success');

    await as(alice).get(`/session/data/${path}`).expect(200, 'kept');
    const { body } = await as(alice).get('/session/data').expect(200);
    expect(Object.entries(body)).toEqual([[field, 'kept']]);
    const me = await as(alice).get('/session/me').expect(200);
    expect(me.body.user).toBe('Alice');
    await as(alice).delete(`/session/data/${path}`).expect(200, 'success');
    await as(alice).get('/session/data').expect(200, {});
  });

  it.each([257, 10_000])('answer 400 to a field with %i characters', async (length) => {
    const field = 'f'.repeat(length);
    await put(field, 'x').expect(400, 'a field has at most 256 characters');
    await as(alice).get(`/session/data/${field}`).expect(400);
    await as(alice).delete(`/session/data/${field}`).expect(400);
    await as(alice).get('/session/data').expect(200, {});
  });

  it.each(['%', '%zz', '%ff', '%ED%A0%80'])('answer 400 to the field %s', async (field) => {
    await put(field, 'x').expect(400, /^malformed % escape/);
    await as(alice)
      .get(`/session/data/${field}`)
      .expect(400, /^malformed % escape/);
    await as(alice)
      .delete(`/session/data/${field}`)
      .expect(400, /^malformed % escape/);
  });

  it.each([
    ['quotes and backslashes', `"it's" \\ "\\u0041"`],
    ['newlines', 'a\r\nb\n'],
    ['NUL and other control characters', 'a\0b\x01\x1b\x7f'],
    ['what looks like an empty object', '{}'],
    ['what looks like an empty list', '[]'],
    ['what looks like a number', '12345678901234567890'],
    ['what looks like null', 'null'],
    ['emoji and Korean', '🔑키👩‍👩‍👧'],
    ['line separators', '\u2028\u2029\ufeff'],
    ['markup', '<script>alert(1)</script>'],
    ['nothing', ''],
  ])('keep %s exactly', async (_name, value) => {
    await put('value', value).expect(201);
    // Redis reads and writes all of the session for it
    await put('other', 'x').expect(201);

    const { headers } = await as(alice).get('/session/data/value').expect(200, value);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    await as(alice).get('/session/data').expect(200, { value, other: 'x' });
  });

  it('keep every field that is written at the same time', async () => {
    const fields = Array.from({ length: 20 }, (_, i) => `field-${i}`);
    await Promise.all(fields.map((field) => put(field, field).expect(201)));

    const { body } = await as(alice).get('/session/data').expect(200);
    expect(Object.keys(body).sort()).toEqual(fields.sort());
  });

  it('answer 413 to what makes a session more than 64 KiB, and leave it as it was', async () => {
    await put('large', 'x'.repeat(40 * KIB)).expect(201);
    await put('more', 'x'.repeat(40 * KIB)).expect(413, 'a session may have 65536 bytes');
    await put('large', 'x'.repeat(70 * KIB)).expect(413);

    await as(alice)
      .get('/session/data')
      .expect(200, { large: 'x'.repeat(40 * KIB) });
    await put('more', 'x'.repeat(20 * KIB)).expect(201);
    await as(alice).delete('/session/data/large').expect(200);
  });

  it('take a form that is three times as large as its value, as each byte may be escaped', async () => {
    await putRaw('large', `data=${'%78'.repeat(60 * KIB)}`).expect(201);
    await as(alice)
      .get('/session/data/large')
      .expect(200, 'x'.repeat(60 * KIB));
  });

  it('answer 413 to a body that no session could hold', async () => {
    await put('large', 'x'.repeat(200 * KIB)).expect(413);
    await as(alice).get('/session/data').expect(200, {});
  });

  it("show and change no other user's fields", async () => {
    await put('color', 'blue').expect(201);

    await as(bob).get('/session/data').expect(200, {});
    await as(bob).get('/session/data/color').expect(404);
    await as(bob).delete('/session/data/color').expect(404);
    await as(alice).get('/session/data').expect(200, { color: 'blue' });
  });
});

describe('GET /session/list', () => {
  it("answers with the user's sessions, the newest first, and tells no cookie", async () => {
    const older = await signUp('lister');
    const before = Date.now();
    const newer = await signIn('lister');
    const { body, text } = await as(older).get('/session/list').expect(200);

    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const id = expect.stringMatching(/^[\w-]{22}$/);
    const session = { id, signedInAt: time, signedInBy: INSTANCE, lastSeenAt: time };
    expect(body).toEqual([
      { ...session, current: false },
      { ...session, current: true },
    ]);
    expectBetween(Date.parse(body[0].signedInAt), before, Date.now());
    expectBetween(Date.parse(body[1].lastSeenAt), before, Date.now());
    for (const cookie of [older, newer]) expect(text).not.toContain(valueOf(cookie));
  });

  it('answers 401 to nobody', async () => {
    await app.http.get('/session/list').expect(401);
  });
});

describe('DELETE /session/list/:id', () => {
  const idsOf = async (cookie: string): Promise<string[]> => {
    const { body } = await as(cookie).get('/session/list').expect(200);
    return body.map(({ id }: { id: string }) => id);
  };

  it('ends another session of the user', async () => {
    const mine = await signUp('ender');
    const other = await signIn('ender');
    const [id] = await idsOf(other);
    const { headers } = await as(mine).delete(`/session/list/${id}`).expect(200, { ended: 1 });

    expect(headers['set-cookie']).toBeUndefined();
    await as(other).get('/session/me').expect(401);
    await as(mine).get('/session/me').expect(200);
    await as(mine).delete(`/session/list/${id}`).expect(404, 'no such session');
  });

  it('ends the very session that asks, and takes its cookie away', async () => {
    const cookie = await signIn('bob');
    const { body } = await as(cookie).get('/session/list');
    const { id } = body.find(({ current }: { current: boolean }) => current);
    const { headers } = await as(cookie).delete(`/session/list/${id}`).expect(200, { ended: 1 });

    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
    await as(cookie).get('/session/me').expect(401);
  });

  it("answers 404 to another user's session, which lives on", async () => {
    const before = await readAllOfRedis();
    for (const id of await idsOf(bob)) {
      await as(alice).delete(`/session/list/${id}`).expect(404, 'no such session');
    }
    expect(await readAllOfRedis()).toEqual(before);
    await as(bob).get('/session/me').expect(200);
  });

  it.each([
    ['what is no id', () => 'nothing'],
    ['the value of a cookie', () => valueOf(alice)],
  ])('answers 404 to %s', async (_name, id) => {
    await as(alice).delete(`/session/list/${id()}`).expect(404, 'no such session');
    await as(alice).get('/session/me').expect(200);
  });

  it('answers 401 to nobody', async () => {
    const [id] = await idsOf(alice);
    await app.http.delete(`/session/list/${id}`).expect(401);
    await as(alice).get('/session/me').expect(200);
  });
});

describe('POST /session/sign-out', () => {
  it('ends the session and takes the cookie away', async () => {
    const cookie = await signIn('bob');
    const { headers } = await as(cookie).post('/session/sign-out').expect(200, { ended: 1 });

    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
    await as(cookie).get('/session/me').expect(401);
    await as(bob).get('/session/me').expect(200);
  });

  it('answers 200 also to who is signed out already', async () => {
    await app.http.post('/session/sign-out').expect(200, { ended: 0 });
  });
});

describe('POST /session/sign-out-everywhere', () => {
  it("ends all of the user's sessions, and nobody else's", async () => {
    const first = await signUp('everywhere');
    const second = await signIn('everywhere');
    const answer = as(first).post('/session/sign-out-everywhere');
    const { headers } = await answer.expect(200, { ended: 2 });

    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
    for (const cookie of [first, second]) await as(cookie).get('/session/me').expect(401);
    await as(alice).get('/session/me').expect(200);
  });

  it('answers 401 to nobody', async () => {
    await app.http.post('/session/sign-out-everywhere').expect(401);
  });
});

describe('POST /session/change-password', () => {
  const NEXT = 'another horse, another battery';
  const change = (username: string, fields: object = {}) =>
    post('change-password', { ...login(username), 'new-password': NEXT, ...fields });

  it('makes the new password the only one, on all instances', async () => {
    await signUp('changer');
    await change('CHANGER').expect(200, { user: 'changer', ended: 1 });

    await post('sign-in', login('changer')).expect(401);
    await post('sign-in', login('changer', NEXT), onPlatform).expect(200);
  });

  it('keeps the session that asks, under a new id with its data, and ends all others', async () => {
    const mine = await signUp('keeper');
    const others = [await signIn('keeper'), await signIn('keeper')];
    await as(mine).put('/session/data/color').type('form').send({ data: 'blue' }).expect(201);
    const { body: before } = await as(mine).get('/session/me').expect(200);
    const answer = await change('keeper').set('Cookie', mine);
    expect(answer.body).toEqual({ user: 'keeper', ended: 2 });

    const anew = cookieOf(answer);
    expect(anew).not.toBe(mine);
    for (const cookie of [mine, ...others]) await as(cookie).get('/session/me').expect(401);
    await as(anew).get('/session/data').expect(200, { color: 'blue' });
    const { body: after } = await as(anew).get('/session/me').expect(200);
    expect(after.signedInAt).toBe(before.signedInAt);
    const { body: list } = await as(anew).get('/session/list').expect(200);
    expect(list).toMatchObject([{ current: true }]);
  });

  it('signs nobody in, and leaves another user’s session in that browser as it is', async () => {
    const cookie = await signUp('elsewhere');
    const answer = await change('elsewhere').set('Cookie', alice).expect(200);

    expect(answer.body).toEqual({ user: 'elsewhere', ended: 1 });
    expect(answer.headers['set-cookie']).toBeUndefined();
    await as(cookie).get('/session/me').expect(401);
    await as(alice).get('/session/me').expect(200);
  });

  it.each([
    ['no new password', { 'new-password': undefined }, 'new-password field missing'],
    ['no old one', { password: undefined }, 'password field missing'],
    ['a short one', { 'new-password': '7 chars' }, 'a password has at least 8 characters'],
    ['a common one', { 'new-password': 'Password1' }, /^this password is one of the commonest/],
    ['the name', { 'new-password': 'unchanged' }, 'a password is not the user name'],
    ['the old one', { 'new-password': PASSWORD }, 'the new password is the old one'],
    [
      'the old one in fullwidth letters',
      { 'new-password': PASSWORD.replaceAll('e', 'ｅ') },
      'the new password is the old one',
    ],
    [
      'the old one, which was typed in them',
      { password: PASSWORD.replaceAll('e', 'ｅ'), 'new-password': PASSWORD },
      'the new password is the old one',
    ],
    ['1025 units', { 'new-password': 'x'.repeat(1025) }, /at most 256 characters$/],
  ])('answers 400 to %s, and changes nothing', async (_what, fields, message) => {
    await signUp('unchanged');
    const before = await readAllOfRedis();
    await change('unchanged', fields).expect(400, message);
    expect(await readAllOfRedis()).toEqual(before);
    await post('delete-account', login('unchanged')).expect(200);
  });

  it('answers 401 to a wrong password, which counts like one at a sign-in', async () => {
    const cookie = await signUp('guarded');
    await useUpSignIns('guarded', 9, '127.0.0.1');
    const wrong = { password: 'it is wrong' };
    await change('guarded', wrong).expect(401, 'the user name or the password is wrong');
    const { headers } = await change('guarded').expect(429);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    await as(cookie).get('/session/me').expect(200);
  });

  it('needs no name from who is signed in, whose name is not called wrong either', async () => {
    const cookie = await signUp('known');
    const send = (password: string) =>
      post('change-password', { password, 'new-password': NEXT }).set('Cookie', cookie);
    await send('it is wrong').expect(401, 'the password is wrong');
    await send(PASSWORD).expect(200, { user: 'known', ended: 0 });
    await post('change-password', { password: NEXT, 'new-password': PASSWORD }).expect(400);
  });

  it('of two at the same time lets one through', async () => {
    await signUp('raced');
    const fields = ['one more horse', 'two more horses'].map((next) => ({ 'new-password': next }));
    const answers = await Promise.all(fields.map((each) => change('raced', each)));
    expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 401]));
  });
});

describe('POST /session/delete-account', () => {
  const remove = (username: string, password?: string, at = app) =>
    post('delete-account', login(username, password), at);

  it('ends the account and all of its sessions, on all instances', async () => {
    const cookies = [await signUp('gone'), await signIn('gone')];
    const other = await start();
    await remove('GONE', undefined, other).expect(200, { deleted: 'gone' });

    for (const cookie of cookies) await as(cookie).get('/session/me').expect(401);
    await post('sign-in', login('gone')).expect(401);
    await as(alice).get('/session/me').expect(200);
  });

  it('clears the cookie of the browser in which it was the account', async () => {
    const cookie = await signUp('clearing');
    const { headers } = await remove('clearing').set('Cookie', cookie).expect(200);

    expect(headers['set-cookie']![0]).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
  });

  it("leaves another user's session in that browser as it is", async () => {
    await signUp('somebody');
    const { headers } = await remove('somebody').set('Cookie', alice).expect(200);

    expect(headers['set-cookie']).toBeUndefined();
    await as(alice).get('/session/me').expect(200);
  });

  it('leaves nothing of the account in Redis, and its name to whoever comes', async () => {
    const keys = async () => Object.keys(await readAllButCounters());
    const before = await keys();
    await signUp('traceless');
    await post('sign-in', login('traceless', 'it is wrong'), onPlatform)
      .set('X-Forwarded-For', '203.0.113.9')
      .expect(401);
    await remove('traceless').expect(200);

    expect(await keys()).toEqual(before);
    const cookie = await signUp('traceless');
    await as(cookie).get('/session/me').expect(200);
  });

  it('needs no name from who is signed in', async () => {
    const cookie = await signUp('nameless');
    const send = () => post('delete-account', { password: PASSWORD });
    await send().expect(400, 'username field missing');
    await send().set('Cookie', cookie).expect(200, { deleted: 'nameless' });
  });

  it('changes nothing when the password is wrong', async () => {
    const cookie = await signUp('staying');
    await remove('staying', 'it is wrong').expect(401, 'the user name or the password is wrong');

    await as(cookie).get('/session/me').expect(200);
    await signIn('staying');
  });

  it('counts a wrong password as a sign-in with it', async () => {
    await signUp('guessed');
    await useUpSignIns('guessed', 9, '127.0.0.1');
    await remove('guessed', 'it is wrong').expect(401);
    const { headers } = await remove('guessed').expect(429);

    expect(headers['retry-after']).toMatch(/^\d+$/);
  });
});

describe('a request to change something', () => {
  /** The last is what it answers when it is let in without a session or without its fields. */
  const ROUTES: [Method, string, object, number][] = [
    ['post', '/session/sign-up', login('intruder'), 400],
    ['post', '/session/sign-in', login('Alice'), 400],
    ['post', '/session/change-password', { ...login('Alice'), 'new-password': 'intruder!' }, 400],
    ['post', '/session/delete-account', login('Alice'), 400],
    ['post', '/session/sign-out', {}, 200],
    ['post', '/session/sign-out-everywhere', {}, 401],
    ['put', '/session/data/color', { data: 'red' }, 401],
    ['delete', '/session/data/color', {}, 401],
    ['delete', '/session/list/:own', {}, 401],
  ];
  const FOREIGN: [string, Record<string, string>][] = [
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['from a sibling host', { 'Sec-Fetch-Site': 'same-site' }],
    ['from another Origin', { Origin: 'https://evil.example' }],
    ['from another port', { Origin: 'http://127.0.0.1:1' }],
    ['from a sandboxed page', { Origin: 'null' }],
    [
      'to a host of its own making',
      { Origin: 'https://evil.example', 'X-Forwarded-Host': 'evil.example' },
    ],
  ];
  const OWN: [string, (host: string) => Record<string, string>][] = [
    ['from a page of the app', () => ({ 'Sec-Fetch-Site': 'same-origin' })],
    ['typed in by the user', () => ({ 'Sec-Fetch-Site': 'none' })],
    ['from its own Origin', (host) => ({ Origin: `http://${host}` })],
    ['from a program, which says nothing', () => ({})],
  ];

  describe.each(FOREIGN)('that comes %s', (_from, headers) => {
    it.each(ROUTES)('%s %s is refused', async (method, path, fields) => {
      await put('color', 'blue').expect(201);
      const { body } = await as(alice).get('/session/list').expect(200);
      const { id } = body.find(({ current }: { current: boolean }) => current);
      const before = await readAllOfRedis();

      const answer = await as(alice)
        [method](path.replace(':own', id))
        .set(headers)
        .type('form')
        .send(fields)
        .expect(403, 'refused: the request comes from another site');
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(await readAllOfRedis()).toEqual(before);
    });
  });

  describe.each(OWN)('that comes %s', (_from, headersFor) => {
    it.each(ROUTES)('%s %s is let in', async (method, path, _fields, status) => {
      const headers = headersFor(`127.0.0.1:${app.port}`);
      await app.http[method](path).set(headers).type('form').expect(status);
    });
  });

  it('takes the word of Sec-Fetch-Site before that of Origin', async () => {
    const foreign = { 'Sec-Fetch-Site': 'cross-site', Origin: `http://127.0.0.1:${app.port}` };
    await put('color', 'red').set(foreign).expect(403);
  });
});

describe('GET /session/sign-in, sign-up, change-password and delete-account', () => {
  const show = (name: string, cookie: string) =>
    as(cookie).get(`/session/${name}`).set('Accept', BROWSER).expect(200);

  it.each([
    ['sign-in', 'Sign in', 'current-password', {}],
    ['change-password', 'Change password', 'current-password', { getex: 1 }],
    ['delete-account', 'Delete account', 'current-password', { getex: 1 }],
    ['sign-up', 'Sign up', 'new-password', {}],
  ])('show the form to %s', async (name, title, autocomplete, commands) => {
    const { text, headers } = await show(name, alice);

    expect(await countCommands(redis, () => show(name, alice))).toEqual(commands);
    expect(await countCommands(redis, () => show(name, ''))).toEqual({});
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/default-src 'none';.*form-action 'self'/);
    expect(text).toContain(`<title>${title} · redis-example-app</title>`);
    expect(text).toContain(`<form action="/session/${name}" method="post">`);
    expect(text).toContain(`autocomplete="${autocomplete}"`);
    expect(text.includes('name="new-password"')).toBe(name === 'change-password');
    expect(text).not.toMatch(/{{|<!--/);
  });

  it.each(['change-password', 'delete-account'])(
    'fill in the name of who is signed in: %s',
    async (name) => {
      const ownName = /value="Alice"[^>]* readonly/;
      expect((await show(name, alice)).text).toMatch(ownName);
      expect((await show(name, '')).text).toMatch(/value=""[^>]* autofocus/);

      const again = await submit(name, login('', ''), alice).expect(400);
      expect(again.text).toMatch(ownName);
    },
  );

  it.each([
    ['sign-in', '/session/sign-up', 'Sign up'],
    ['sign-up', '/session/sign-in', 'Sign in'],
    ['change-password', '/', 'Back'],
    ['delete-account', '/', 'Back'],
  ])('have a link: %s to %s', async (name, path, title) => {
    expect((await show(name, '')).text).toContain(`<a href="${path}">${title}</a>`);
  });

  it.each([
    ['sign-up', 1, 1],
    ['change-password', 0, 1],
    ['sign-in', 0, 0],
    ['delete-account', 0, 0],
  ])('say the rules where a name or a password is chosen: %s', async (name, names, passwords) => {
    const { text } = await show(name, '');
    expect(text.split('>Letters, digits and . _ - @ +, at most 64').length - 1).toBe(names);
    expect(text.split('>At least 8 characters').length - 1).toBe(passwords);
  });
});

describe('a form that a browser posts', () => {
  it.each([
    ['sign-up', 'former'],
    ['sign-in', 'Alice'],
  ])('to %s leads to the start page, signed in', async (path, name) => {
    const answer = await submit(path, login(name)).expect(303).expect('Location', '/');
    const { body } = await as(cookieOf(answer)).get('/session/me').expect(200);
    expect(body.user).toBe(name);
  });

  it.each(['sign-out', 'sign-out-everywhere'])('to %s leads there, signed out', async (path) => {
    const cookie = await signUp(`former-${path}`);
    await submit(path, {}, cookie).expect(303).expect('Location', '/');
    await as(cookie).get('/session/me').expect(401);
  });

  it('to change a password leads there, signed in', async () => {
    const cookie = await signUp('changing');
    const fields = { ...login('changing'), 'new-password': 'another horse' };
    const answer = await submit('change-password', fields, cookie).expect(303);
    expect(answer.headers.location).toBe('/');
    await as(cookieOf(answer)).get('/session/me').expect(200);
  });

  it('to delete an account leads there, signed out', async () => {
    const cookie = await signUp('leaving');
    await submit('delete-account', login('leaving'), cookie).expect(303).expect('Location', '/');
    await as(cookie).get('/session/me').expect(401);
  });

  it.each([
    ['sign-up', 409, login('ALICE'), 'the user name is taken'],
    ['sign-up', 400, login('ALICE', 'short'), 'a password has at least 8 characters'],
    ['sign-in', 401, login('ALICE', 'it is wrong'), 'the user name or the password is wrong'],
    [
      'change-password',
      400,
      { ...login('ALICE'), 'new-password': 'short' },
      'a password has at least 8 characters',
    ],
    [
      'delete-account',
      401,
      login('ALICE', 'not this one'),
      'the user name or the password is wrong',
    ],
  ])('to %s in vain shows it again, with %i', async (path, status, fields, message) => {
    const { text, headers } = await submit(path, fields).expect(status);

    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toBeUndefined();
    expect(text).toContain(`<form action="/session/${path}" method="post">`);
    expect(text).toContain(` role="alert">${message}</p>`);
    expect(text).toContain('value="ALICE"');
    expect(text).not.toContain(fields.password);
  });

  it('to sign in as another user, in vain, is shown again with that name', async () => {
    const { text } = await submit('sign-in', login('another', 'it is wrong'), alice).expect(401);
    expect(text).toMatch(/value="another"[^>]* autofocus/);
    expect(text).toContain('>the user name or the password is wrong</p>');
  });

  it('too often shows it again, with 429 and Retry-After', async () => {
    await useUpSignIns('poster');
    const { text, headers } = await submit('sign-in', login('poster')).expect(429);

    expect(headers['retry-after']).toMatch(/^\d+$/);
    expect(text).toMatch(/ role="alert">too many failed sign-ins: try again/);
  });

  it('is shown again with whatever name, as the text that it is', async () => {
    const { text } = await submit('sign-up', login(`<b a="b">&'{{title}}$&`)).expect(400);
    expect(text).toContain('value="&lt;b a=&quot;b&quot;&gt;&amp;&#39;{{title}}$&amp;"');
  });
});

describe('an error', () => {
  it.each([
    ['get', '/session/me', 401],
    ['put', '/session/data/color', 401],
    ['post', '/session/sign-in', 400],
    ['post', '/session/sign-up', 400],
    ['post', '/session/sign-out-everywhere', 401],
  ] as const)('of %s %s is JSON for who wants it, otherwise text', async (method, path, status) => {
    const { text } = await app.http[method](path)
      .expect(status)
      .expect('Content-Type', 'text/plain; charset=utf-8');
    await app.http[method](path)
      .set('Accept', 'application/json')
      .expect(status, { error: text })
      .expect('Content-Type', 'application/json; charset=utf-8');
  });
});

describe('the log', () => {
  it('tells who signed up, in and out, and never a password or a session id', async () => {
    const logged = await start(ON_PLATFORM);
    const from = { 'X-Forwarded-For': '192.0.2.7' };
    const send = (path: string, fields: object) => post(path, fields, logged).set(from);
    await useUpSignIns('typed-a-passw0rd-here');
    const first = cookieOf(await send('sign-up', login('lara')).expect(201));
    await send('sign-in', login('lara', 'wrong password')).expect(401);
    await send('sign-in', login('un-known')).expect(401);
    await send('sign-in', login('typed-a-passw0rd-here')).expect(429);
    const second = cookieOf(await send('sign-in', login('lara')).expect(200));
    const { body } = await as(first).get('/session/list').expect(200);
    const ids = body.map(({ id }: { id: string }) => id);
    await as(first, logged).delete(`/session/list/${ids[0]}`).expect(200);
    await as(first, logged).post('/session/sign-out').expect(200);
    const third = cookieOf(await send('sign-in', login('lara')).expect(200));
    await as(third, logged).post('/session/sign-out-everywhere').expect(200);

    expect(logged.lines.slice(1)).toEqual([
      'Sign-up of lara from 192.0.2.7',
      'Sign-in failed: lara from 192.0.2.7',
      'Sign-in failed: an unknown user from 192.0.2.7',
      'Sign-in throttled: an unknown user from 192.0.2.7',
      'Sign-in of lara from 192.0.2.7',
      'Sign-out of lara from a list of sessions',
      'Sign-out of lara',
      'Sign-in of lara from 192.0.2.7',
      'Sign-out of lara everywhere, sessions ended: 1',
    ]);
    for (const secret of [
      PASSWORD,
      'wrong password',
      ...ids,
      ...[first, second, third].map(valueOf),
    ])
      expect(logged.lines.join('\n')).not.toContain(secret);
  });
});

describe('without a Redis', () => {
  it.each([
    ['get', '/session/me'],
    ['get', '/session/sign-in'],
    ['put', '/session/data/color'],
    ['delete', '/session/list/x'],
    ['post', '/session/sign-up'],
  ] as const)('%s %s answers 500, and how to bind one', async (method, path) => {
    const unbound = await startApp({});
    const { text } = await unbound.http[method](path).expect(500, /^You must bind a Redis service/);
    await unbound.http[method](path).set('Accept', 'application/json').expect(500, { error: text });
  });
});

/** Counts wrong passwords for a name, by default from an address without any sign-in. */
async function useUpSignIns(name: string, times = 10, address = '192.0.2.99'): Promise<void> {
  const { count } = createThrottle(redis);
  const account = await createAccounts(redis, () => {}).find(name);
  for (let i = 0; i < times; i++) await count({ name, address, account });
}

function expectBetween(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThanOrEqual(low - CLOCKS_APART);
  expect(value).toBeLessThanOrEqual(high + CLOCKS_APART);
}

/** The app's clock is that of Redis, read over a socket. */
const CLOCKS_APART = 100; // milliseconds
