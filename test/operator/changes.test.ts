/** What the operator changes: keys of every type, elements, expiry, deletion of one, many and all that match. */
import type { Redis } from 'ioredis';
import { createBrowse } from '../../src/operator/browse.ts';
import { createChanges } from '../../src/operator/changes.ts';
import { createNodes } from '../../src/operator/nodes.ts';
import { createSweep, unlinkAll, unlinkEach } from '../../src/operator/sweep.ts';
import { type App } from '../support/app.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import {
  fill,
  type Operator,
  OPERATOR_PASSWORD,
  signInForCookie,
  startForOperator,
} from '../support/operator.ts';
import { connectAsUser } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { signUp } from '../support/user.ts';

let redis: Redis;
let app: App;
let operator: Operator;
beforeAll(async () => {
  ({ redis, app, operator } = await startForOperator());
});

const send = (method: 'put' | 'post' | 'delete', path: string, fields: object | string = {}) =>
  operator[method](`/operator/${path}`).send(fields);

const NEW: [string, object, () => Promise<unknown>, unknown][] = [
  ['string', { value: 'v' }, () => redis.get('new:string'), 'v'],
  ['list', { value: 'v' }, () => redis.lrange('new:list', 0, -1), ['v']],
  ['hash', { field: 'f', value: 'v' }, () => redis.hgetall('new:hash'), { f: 'v' }],
  ['set', { value: 'v' }, () => redis.smembers('new:set'), ['v']],
  ['zset', { value: 'v', score: '1.5' }, () => redis.zscore('new:zset', 'v'), '1.5'],
  ['stream', { field: 'f', value: 'v' }, () => redis.xlen('new:stream'), 1],
];

describe('a new key', () => {
  it.each(NEW)('may be a %s, with an expiry', async (type, fields, read, expected) => {
    const path = `keys/new:${type}`;
    await send('put', path, { type, ...fields, ttl: 100 }).expect(201);
    expect(await read()).toEqual(expected);
    expect(await redis.ttl(`new:${type}`)).toBe(100);
  });

  it('takes a form as well, with any bytes', async () => {
    const path = 'keys/%ff?';
    await operator.put(`/operator/${path}`).type('form').send('type=set&value=%00%ff').expect(201);
    expect(await redis.smembersBuffer(Buffer.from([0xff]))).toEqual([Buffer.from([0, 0xff])]);
    await send('put', 'keys/hex', { value: { hex: 'ff00' } }).expect(201);
    expect(await redis.getBuffer('hex')).toEqual(Buffer.from([0xff, 0]));
  });

  it('does not replace another one, except a string that keeps its expiry', async () => {
    await redis.rpush('there', 'a');
    await send('put', 'keys/there', { value: 'v' }).expect(409, /^the key is there already/);
    await redis.set('text', 'old', 'EX', 100);
    await send('put', 'keys/text', { value: 'new' }).expect(200);
    expect([await redis.get('text'), await redis.ttl('text')]).toEqual(['new', 100]);
  });

  it('may replace the expiry of a string with its value', async () => {
    await redis.set('text', 'old', 'EX', 100);
    await send('put', 'keys/text', { value: 'new', ttl: 200 }).expect(200);
    expect([await redis.get('text'), await redis.ttl('text')]).toEqual(['new', 200]);
  });

  it('is not made of a string that is there', async () => {
    await redis.set('text', 'v');
    const list = { type: 'list', value: 'v' };
    await send('put', 'keys/text', list).expect(409, /^the key is there already/);
  });

  it('is not made where Redis is full, which says what to do', async () => {
    await redis.config('SET', 'maxmemory', 1);
    await send('put', 'keys/full', { value: 'v' }).expect(507, /^Redis is full, and nothing/);
    await redis.config('SET', 'maxmemory', 0);
  });

  it.each([
    [{}, 'value field missing'],
    [{ type: 'hash', value: 'v' }, 'field field missing'],
    [{ type: 'zset', value: 'v', score: 'many' }, 'score is a number, inf or -inf'],
    [{ type: 'json', value: 'v' }, /^type is string, list/],
    [{ value: 'v', ttl: 0 }, /^ttl must be/],
    [{ value: { hex: 'f' } }, /^bytes are a text/],
    [{ type: 'zset', value: 'v', score: '1.2.3' }, 'score is a number, inf or -inf'],
    [{ type: 'constructor', value: 'v' }, /^type is string, list/],
    [{ value: 5 }, /^bytes are a text/],
  ])('is refused for %j', async (fields, message) => {
    await send('put', 'keys/bad', fields).expect(400, message);
    expect(await redis.exists('bad')).toBe(0);
  });
});

describe('a score', () => {
  it.each([
    ['-inf', '-inf'],
    ['+Inf', 'inf'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['-2.', '-2'],
    ['+1.5', '1.5'],
    ['1e-3', '0.001'],
    ['2E+2', '200'],
  ])('may be %s', async (score, stored) => {
    await send('put', `keys/score:${stored}`, { type: 'zset', value: 'v', score }).expect(201);
    expect(await redis.zscore(`score:${stored}`, 'v')).toBe(stored);
  });

  it.each(['', 'x1', '1x', '.', 'e3', '1e', '--1', 'xinf', 'infinity', 'nan'])(
    'is not %j',
    async (score) => {
      const fields = { type: 'zset', value: 'v', score };
      await send('put', 'keys/bad', fields).expect(400, 'score is a number, inf or -inf');
    },
  );
});

describe('a value', () => {
  const put = (bytes: number) =>
    operator
      .put('/operator/keys/large')
      .type('form')
      .send(`value=${'x'.repeat(bytes)}`);

  it('has 1 MB at most', async () => {
    await put(2 ** 20 + 1).expect(413, 'a value may have 1 MB');
    expect(await redis.exists('large')).toBe(0);
    await put(2 ** 20).expect(201);
    expect(await redis.strlen('large')).toBe(2 ** 20);
  });

  it('of 1 MB may have each byte escaped', async () => {
    const form = `value=${'%00'.repeat(2 ** 20)}`;
    await operator.put('/operator/keys/escaped').type('form').send(form).expect(201);
    expect(await redis.strlen('escaped')).toBe(2 ** 20);
  });
});

describe('elements', () => {
  it('are added to what is there, and removed', async () => {
    await redis.rpush('l', 'b');
    await send('post', 'keys/l/elements', { value: 'c' }).expect(201);
    await send('post', 'keys/l/elements', { value: 'a', end: 'left' }).expect(201);
    expect(await redis.lrange('l', 0, -1)).toEqual(['a', 'b', 'c']);
    await send('delete', 'keys/l/elements', { value: 'b' }).expect(200, { removed: 1 });
    await send('delete', 'keys/l/elements', { end: 'left' }).expect(200, { removed: 1 });
    expect(await redis.lrange('l', 0, -1)).toEqual(['c']);

    await redis.hset('h', { f: '1', g: '2' });
    await send('delete', 'keys/h/elements', { field: 'f' }).expect(200, { removed: 1 });
    await send('delete', 'keys/h/elements', { field: 'f' }).expect(404, 'no such element');
    expect(await redis.hgetall('h')).toEqual({ g: '2' });

    await redis.sadd('s', 'x', 'y');
    await send('delete', 'keys/s/elements', { value: 'x' }).expect(200);
    await redis.zadd('z', 1, 'x', 2, 'y');
    await send('delete', 'keys/z/elements', { value: 'y' }).expect(200);
    expect([await redis.smembers('s'), await redis.zrange('z', '0', '-1')]).toEqual([['y'], ['x']]);

    const id = await redis.xadd('x', '*', 'f', 'v');
    await send('delete', 'keys/x/elements', { id }).expect(200);
    expect(await redis.xlen('x')).toBe(0);
  });

  it('replace the value of a field, and the score of a member', async () => {
    await redis.hset('h:old', { f: '1' });
    await redis.zadd('z:old', 1, 'x');
    await send('post', 'keys/h:old/elements', { field: 'f', value: '2' }).expect(201, { added: 1 });
    await send('post', 'keys/z:old/elements', { value: 'x', score: '2' }).expect(201);
    await send('post', 'keys/z:old/elements', { value: 'y', score: '3' }).expect(201);
    expect(await redis.hgetall('h:old')).toEqual({ f: '2' });
    expect(await redis.zrange('z:old', '0', '-1', 'WITHSCORES')).toEqual(['x', '2', 'y', '3']);
  });

  it('of a list are removed one at a time', async () => {
    await redis.rpush('twice', 'a', 'b', 'a');
    await send('delete', 'keys/twice/elements', { value: 'a' }).expect(200, { removed: 1 });
    expect(await redis.lrange('twice', 0, -1)).toEqual(['b', 'a']);
  });

  it.each([
    ['hash', 'field field missing'],
    ['set', 'value field missing'],
    ['zset', 'value field missing'],
    ['stream', 'id field missing'],
  ])('of a %s are not removed without what names them', async (type, message) => {
    const fields = { type, field: 'f', value: 'v', score: '1' };
    await send('put', `keys/named:${type}`, fields).expect(201);
    await send('delete', `keys/named:${type}/elements`).expect(400, message);
    expect(await redis.exists(`named:${type}`)).toBe(1);
  });

  it('are not of strings', async () => {
    await redis.set('text:only', 'v');
    for (const method of ['post', 'delete'] as const) {
      const path = 'keys/text:only/elements';
      await send(method, path, { value: 'v' }).expect(409, /^values of the type string are not/);
    }
  });

  it('of a long list are not searched for: that would keep Redis busy', async () => {
    await redis.rpush('long', ...Array.from({ length: 10_001 }, (_, i) => i));
    await send('delete', 'keys/long/elements', { value: '5' }).expect(409, /only the elements at/);
    await send('delete', 'keys/long/elements', { end: 'right' }).expect(200);
    expect(await redis.lindex('long', -1)).toBe('9999');
    await send('delete', 'keys/long/elements', { value: '5' }).expect(200, { removed: 1 });
  });

  it('need a key', async () => {
    await send('post', 'keys/absent/elements', { value: 'v' }).expect(404, 'key not present');
  });
});

describe('an expiry', () => {
  it('is set and removed', async () => {
    await redis.set('k', 'v');
    await send('put', 'keys/k/ttl', { ttl: 50 }).expect(200, { ttl: 50 });
    expect(await redis.ttl('k')).toBe(50);
    await send('delete', 'keys/k/ttl').expect(200, { ttl: null });
    expect(await redis.ttl('k')).toBe(-1);
    await send('delete', 'keys/k/ttl').expect(409, 'the key does not expire');
    await send('put', 'keys/absent/ttl', { ttl: 50 }).expect(404, 'key not present');
    await send('delete', 'keys/absent/ttl').expect(404, 'key not present');
    await send('put', 'keys/k/ttl').expect(400, 'ttl field missing');
  });

  it('is replaced by a sooner one, and by a later one', async () => {
    await redis.set('k', 'v', 'EX', 100);
    for (const ttl of [50, 200]) {
      await send('put', 'keys/k/ttl', { ttl }).expect(200, { ttl });
      expect(await redis.ttl('k')).toBe(ttl);
    }
  });
});

describe('a deletion', () => {
  it('of one key, or of chosen ones, says how many there were', async () => {
    await fill(redis, 4, 'd:');
    await send('delete', 'keys/d:0').expect(200, { deleted: 1 });
    await send('delete', 'keys/d:0').expect(404, 'key not present');
    const keys = ['d:1', { hex: Buffer.from('d:2').toString('hex') }, 'd:9'];
    await send('post', 'delete', { keys }).expect(200, { deleted: 2 });
    expect(await redis.keys('d:*')).toEqual(['d:3']);
  });

  it.each([{}, { keys: 'd:3' }, { keys: [{ hex: 'f' }] }, { keys: ['d:3', 3] }])(
    'is refused for %j',
    async (fields) => {
      await redis.set('d:3', 'v');
      await send('post', 'delete', fields).expect(400, /^keys is a list of texts/);
      await send('delete', 'keys/d:%zz').expect(400, 'malformed % escape in the key');
      expect(await redis.exists('d:3')).toBe(1);
    },
  );

  it("never takes the app's own keys", async () => {
    await signUp(app, 'bob');
    await send('delete', 'keys/_app:a:bob').expect(403);
    await send('put', 'keys/_app:a:bob', { value: '' }).expect(403);
    await send('put', 'keys/_app:a:bob/ttl', { ttl: 1 }).expect(403);
    await send('post', 'keys/_app:a:bob/elements', { value: '' }).expect(403);
    await send('post', 'delete', { keys: ['_app:a:bob'] }).expect(403);
    const fields = { match: '_app:*', most: 10, password: OPERATOR_PASSWORD };
    expect(lastLine(await send('post', 'delete-matching', fields))).toMatchObject({ changed: 0 });
    expect(await redis.exists('_app:a:bob')).toBe(1);
  });

  it('by pattern has a pattern of 256 characters at most', async () => {
    const count = (length: number) => operator.get(`/operator/count?match=${'x'.repeat(length)}`);
    await count(257).expect(400, 'match may have 256 characters');
    const { of, ...counted } = lastLine(await count(256).expect(200));
    // The first step looks at 250 keys, if there are as many
    expect(counted).toEqual({ done: true, examined: of, found: 0, changed: 0 });
  });

  it('by pattern follows a count, and says at the end what it did', async () => {
    await fill(redis, 1200, 'tmp:');
    await redis.rpush('tmp:list', 'a');
    await redis.set('kept', '1');
    const count = operator.get('/operator/count?match=tmp:*&type=string');
    const counted = lastLine(await count.expect('Content-Type', /^application\/x-ndjson/));
    expect(counted).toMatchObject({ done: true, found: 1200 });
    const fields = { match: 'tmp:*', type: 'string', most: 1200, password: OPERATOR_PASSWORD };
    const deleted = lastLine(await send('post', 'delete-matching', fields).expect(200));
    expect(deleted).toMatchObject({ done: true, found: 1200, changed: 1200 });
    expect(await redis.exists('tmp:list', 'kept')).toBe(2);
    expect(app.lines).toContain('The operator deleted 1200 keys that match "tmp:*"');
  });

  it('by pattern deletes no more keys than were counted', async () => {
    await fill(redis, 600, 'more:');
    const fields = { match: 'more:*', most: 500, password: OPERATOR_PASSWORD };
    const deleted = lastLine(await send('post', 'delete-matching', fields));
    expect(deleted).toMatchObject({ changed: 500 });
    expect(await redis.keys('more:*')).toHaveLength(100);
  });

  it('by pattern wants the password again, and the number of keys', async () => {
    await fill(redis, 3, 'safe:');
    const fields = { match: 'safe:*', most: 3 };
    await send('post', 'delete-matching', fields).expect(400, 'password field missing');
    await send('post', 'delete-matching', { ...fields, password: 'no' }).expect(401);
    const password = OPERATOR_PASSWORD;
    await send('post', 'delete-matching', { match: 'safe:*', password }).expect(400, /^most is/);
    await send('post', 'delete-matching', { most: 3, password }).expect(400, /^match/);
    expect(await redis.keys('safe:*')).toHaveLength(3);
  });

  it.each([0, -1, 1.5, 'all', 2 ** 53])('by pattern is not of %j keys', async (most) => {
    await fill(redis, 3, 'safe:');
    const fields = { match: 'safe:*', most, password: OPERATOR_PASSWORD };
    await send('post', 'delete-matching', fields).expect(400, /^most is/);
    expect(await redis.keys('safe:*')).toHaveLength(3);
  });

  it('by pattern waits for its turn: one walk through all keys at a time', async () => {
    await fill(redis, 10_000, 'walk:');
    const Cookie = await signInForCookie(app);
    const url = `http://127.0.0.1:${app.port}/operator/count?match=walk:*`;
    const startCounting = async () => (await fetch(url, { headers: { Cookie } })).body!.getReader();
    const seen: string[] = [];
    const first = await startCounting();
    await first.read();
    const second = startCounting().then(async (reader) => {
      await reader.read();
      seen.push('the second begins');
    });
    while (!(await first.read()).done);
    seen.push('the first has ended');
    await second;
    expect(seen).toEqual(['the first has ended', 'the second begins']);
  });

  it('by pattern is cancelled when the client leaves', async () => {
    await fill(redis, 50_000, 'many:');
    const leaving = new AbortController();
    const response = await startDeleting('many:*', await signInForCookie(app), leaving.signal);
    await response.body!.getReader().read();
    leaving.abort();
    await until('the deletion is cancelled', async () =>
      app.lines.some((line) => /^The operator deleted \d+ keys that match "many:\*"/.test(line)),
    );
    expect((await redis.keys('many:*')).length).toBeGreaterThan(10_000);
  });

  it('by pattern ends within a second after the operator has signed out', async () => {
    let Cookie: string;
    let response: Response;
    const before = async () => {
      await fill(redis, 200_000, 'lots:');
      Cookie = await signInForCookie(app);
      response = await startDeleting('lots:*', Cookie);
    };
    await before();
    const leave = async () => {
      await app.http.post('/operator/sign-out').set({ Cookie }).expect(200, { ended: 1 });
      expect(await response.text()).toMatch(/"done":false,"problem":"the session has ended: /);
    };
    expect(await fastest(leave, { before })).toBeLessThan(SECOND);
    expect(await redis.dbsize()).toBeGreaterThan(10_000);
  });

  it('by pattern counts as requests: the operator does not get idle', async () => {
    await fill(redis, 200_000, 'lots:');
    const before = await redis.keys('_app:s:operator:*');
    const Cookie = await signInForCookie(app);
    const after = await redis.keys('_app:s:operator:*');
    const session = after.find((key) => !before.includes(key));
    const response = await startDeleting('lots:*', Cookie);
    await redis.pexpire(session!, 9000);
    await until('the session is prolonged', async () => (await redis.pttl(session!)) > 60_000);
    await response.body!.cancel();
  });

  function startDeleting(match: string, Cookie: string, signal?: AbortSignal): Promise<Response> {
    const body = new URLSearchParams({ match, most: '200000', password: OPERATOR_PASSWORD });
    const url = `http://127.0.0.1:${app.port}/operator/delete-matching`;
    return fetch(url, { method: 'POST', headers: { Cookie }, body, signal });
  }
});

describe('each change', () => {
  const key = Buffer.from('changed');
  const value = Buffer.from('v');

  it('waits for the replicas that are to have it', async () => {
    const unconfirmed = new Error('unconfirmed');
    const changes = createChanges(redis, () => Promise.reject(unconfirmed));
    await expect(changes.set(key, value, null)).rejects.toBe(unconfirmed);
    await expect(changes.expire(key, 100)).rejects.toBe(unconfirmed);
    await expect(changes.persist(key)).rejects.toBe(unconfirmed);
    await expect(changes.unlink([key])).rejects.toBe(unconfirmed);
    await expect(changes.add(key, 'set', { value })).rejects.toBe(unconfirmed);
    await expect(changes.remove(key, 'set', { value })).rejects.toBe(unconfirmed);
    expect(await redis.exists('changed')).toBe(0);
  });

  it('says how many elements it has removed', async () => {
    const changes = createChanges(redis, null);
    await redis.rpush('one', 'a');
    const removals = [1, 2].map(() => changes.remove(Buffer.from('one'), 'list', { end: 'left' }));
    expect(await Promise.all(removals)).toEqual([1, 0]);
  });

  it('says that the key has another type by now', async () => {
    await redis.set('changed', 'v');
    const conflict = { status: 409, message: 'the key has another type by now' };
    const added = createChanges(redis, null).add(key, 'list', { value });
    await expect(added).rejects.toMatchObject(conflict);
  });
});

describe('a walk through all keys', () => {
  const ALL = { match: null, type: null };
  const goesOn = new AbortController().signal;
  beforeAll(() => fill(redis, 3000, 'step:'));

  /** Each node of the list is the same server. */
  function walk(act: () => Promise<number>, most: number, signal = goesOn, names = ['one']) {
    const nodes = createNodes(app.redis!);
    const list = async () => {
      const [first] = await nodes.list();
      return names.map((address) => ({ ...first!, address, primary: address }));
    };
    const sweep = createSweep({ ...nodes, list }, createBrowse(app.redis!, nodes));
    return sweep({ filter: ALL, act, most, signal, report: () => {} });
  }

  /** Returns the shortest time between two steps, each of which takes so long. */
  async function findShortestPause(took: number, steps: number): Promise<number> {
    const pauses: number[] = [];
    let ended = -Infinity;
    const act = async () => {
      const began = performance.now();
      pauses.push(began - ended);
      while (performance.now() < began + took);
      ended = performance.now();
      return 0;
    };
    await walk(act, 250 * steps);
    expect(pauses.length).toBeGreaterThan(1);
    return Math.min(...pauses);
  }

  it('leaves Redis as much time between two steps as a step takes', async () => {
    expect(await findShortestPause(30, 4)).toBeGreaterThan(29);
  });

  it('lets this instance answer others between two short steps', async () => {
    expect(await findShortestPause(0, 8)).toBeGreaterThan(3);
  });

  it('ends as soon as it has as many as it may', async () => {
    const progress = await walk(async () => 1, 1);
    expect(progress).toMatchObject({ examined: 250, found: 1, changed: 1 });
  });

  it('does no further step at any server when it is cancelled', async () => {
    const cancelled = new AbortController();
    let steps = 0;
    const act = async () => {
      cancelled.abort();
      return ++steps;
    };
    await walk(act, Infinity, cancelled.signal, ['one', 'other']);
    expect(steps).toBe(1);
    await walk(act, Infinity, cancelled.signal);
    expect(steps).toBe(1);
  });

  it('counts the keys that were there, also one by one as in a Cluster', async () => {
    const keys = ['step:0', 'step:none'].map((key) => Buffer.from(key));
    expect(await unlinkEach(redis, keys)).toBe(1);
    expect(await unlinkAll(redis, [...keys, Buffer.from('step:1')])).toBe(1);
  });

  it('ends when Redis forbids the deletion', async () => {
    const few = await connectAsUser(redis, '~*', '+@all', '-unlink');
    await expect(unlinkEach(few, [Buffer.from('step:2')])).rejects.toThrow(/^NOPERM/);
  });
});

function lastLine(response: { text?: string; body?: any }): any {
  const text = response.text ?? String(response.body);
  return JSON.parse(text.trimEnd().split('\n').at(-1)!);
}
