/**
 * The store in another app than ours: two instances of a small Koa app, whose requests wait at a
 * gate between reading their session and saving it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import type { Redis } from 'ioredis';
import Koa, { type Context } from 'koa';
import { followClock } from '../../src/redis/clock.ts';
import { handleOf, RECORD_LIMIT } from '../../src/sessions/record.ts';
import { createSessionIndex } from '../../src/sessions/session-index.ts';
import { createSessionMiddleware } from '../../src/sessions/middleware.ts';
import { createSessions, type Sessions } from '../../src/sessions/sessions.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const SECOND = 1000; // milliseconds
const MINUTE = 60 * SECOND;
const log = () => {};

let redis: Redis;
let sessions: Sessions;
let a: Shop;
let b: Shop;
beforeAll(async () => {
  const server = await startRedis();
  redis = connectTo(server);
  sessions = createSessions(redis, parts(redis));
  [a, b] = [await openShop(connectTo(server)), await openShop(connectTo(server))];
});
beforeEach(() => redis.flushall());

type Handler = (ctx: Context) => unknown;

type Shop = Awaited<ReturnType<typeof openShop>>;

interface Answer {
  status: number;
  /** The id in Set-Cookie: undefined without the header, '' when it clears the cookie. */
  id: string | undefined;
  body: any;
}

const ALICE = { user: 'alice', account: 'id-of-alice' };
const BOB = { user: 'bob', account: 'id-of-bob' };

const begin: Handler = (ctx) => {
  ctx.session = { ...ALICE, cart: [], nothing: {} };
};
const show: Handler = (ctx) => {
  ctx.body = ctx.session;
};
const set = (name: string, value: unknown): Handler => {
  return (ctx) => {
    ctx.session[name] = value;
  };
};
const signOut: Handler = (ctx) => {
  ctx.session = null;
};
const regenerate: Handler = (ctx) => ctx.session.regenerate();

async function signIn(): Promise<string> {
  return (await a.ask(begin)).id!;
}
const read = async (id: string) => (await a.ask(show, id)).body;
const records = () => redis.keys('_app:s:*');
const index = async () =>
  (await redis.zrange('_app:u:id-of-alice', 0, '-1')).filter((member) => member !== 'kept');

describe('a session', () => {
  it('is there for whoever has its id, on all instances', async () => {
    const id = await signIn();
    expect((await b.ask(show, id)).body).toEqual({ ...ALICE, cart: [], nothing: {} });
  });

  it('is stored under a hash of its id, which is found nowhere in Redis', async () => {
    const id = await signIn();
    expect(await records()).toEqual([`_app:s:${handleOf(id)}`]);
    expect(id).not.toContain(handleOf(id));
    expect(await redis.get(`_app:s:${handleOf(id)}`)).not.toContain(id);
    expect(await index()).toEqual([handleOf(id)]);
  });

  it.each([
    ['an empty list', []],
    ['an empty object', {}],
    ['null', null],
    ['a fraction', 0.1 + 0.2],
    ['a large number', Number.MAX_SAFE_INTEGER],
    ['a text with quotes, slashes, a NUL and a newline', '"\\/\0\n'],
    ['an emoji and half of one', '🔑\ud83d'],
    ['objects in lists in objects', { list: [{ deep: [1, [], {}] }] }],
  ])('keeps %s as it is', async (_what, value) => {
    const id = await signIn();
    await b.ask(set('value', value), id);
    await b.ask(set('other', 1), id);

    expect(await read(id)).toEqual({ ...ALICE, cart: [], nothing: {}, value, other: 1 });
  });

  it('must have a user', async () => {
    expect(await a.ask(set('cart', [1]))).toMatchObject({ status: 500 });
    expect(await records()).toEqual([]);
  });

  it.each([
    ['user', { account: ALICE.account }],
    ['account', { user: ALICE.user }],
  ])('is not begun without its %s', async (_what, session) => {
    const begin: Handler = (ctx) => {
      ctx.session = session;
    };
    expect(await a.ask(begin)).toMatchObject({ status: 500 });
    expect(await records()).toEqual([]);
  });

  it.each(['user', 'account'])('keeps its %s', async (name) => {
    const id = await signIn();
    expect(await a.ask(set(name, 'mallory'), id)).toMatchObject({ status: 500 });
    expect(await read(id)).toMatchObject(ALICE);
  });

  it('is left as it was by a handler that throws', async () => {
    const id = await signIn();
    const fail: Handler = (ctx) => {
      ctx.session.cart = ['half'];
      ctx.throw(400);
    };
    expect(await a.ask(fail, id)).toMatchObject({ status: 400 });
    expect(await read(id)).toMatchObject({ cart: [] });
  });

  it('is not begun by a handler that throws', async () => {
    const fail: Handler = (ctx) => {
      ctx.session = ALICE;
      ctx.throw(400);
    };
    expect(await a.ask(fail)).toMatchObject({ status: 400, id: undefined });
    expect(await redis.dbsize()).toBe(0);
  });

  it('never takes an id that a client has made up', async () => {
    const madeUp = 'A'.repeat(43);
    const { id } = await a.ask(begin, madeUp);

    expect(id).not.toBe(madeUp);
    expect(await records()).toEqual([`_app:s:${handleOf(id!)}`]);
  });
});

/** Not by way of requests: each reads its session first, which gives it its time anew. */
describe('the time that Redis gives a session', () => {
  const OLD = 'old-handle';
  const NEW = 'new-handle';

  it('is the idle timeout from its start on', async () => {
    await sessions.start(OLD, ALICE, {});
    await expectIdleTimeout(OLD);
  });

  it('is the idle timeout anew after each write', async () => {
    await sessions.start(OLD, ALICE, {});
    await redis.pexpire(`_app:s:${OLD}`, MINUTE / 2);
    await sessions.change(OLD, { written: { cart: '[1]' }, removed: [] });
    await expectIdleTimeout(OLD);
  });

  it('is the idle timeout anew under a new id', async () => {
    const record = await sessions.start(OLD, ALICE, {});
    await redis.pexpire(`_app:s:${OLD}`, MINUTE / 2);
    await sessions.move(OLD, NEW, record);
    await expectIdleTimeout(NEW);
  });

  it('is what it was after a look at the list, which tells when it was last seen', async () => {
    await sessions.start(OLD, ALICE, {});
    await redis.pexpire(`_app:s:${OLD}`, MINUTE / 2);
    const [listed] = await sessions.list(ALICE.account);

    expect(await redis.pttl(`_app:s:${OLD}`)).toBeLessThanOrEqual(MINUTE / 2);
    const idleFor = Date.now() - listed!.lastSeenAt;
    expect(idleFor).toBeGreaterThan(MINUTE / 2 - SECOND);
    expect(idleFor).toBeLessThan(MINUTE / 2 + SECOND);
  });

  it('ends one that nobody ever reads', async () => {
    const timeouts = { idle: 200, absolute: MINUTE };
    await createSessions(redis, { ...parts(redis), timeouts }).start(OLD, ALICE, {});
    await until('the end of the session', async () => (await records()).length === 0, {
      limit: SECOND,
    });
  });

  async function expectIdleTimeout(handle: string): Promise<void> {
    const timeLeft = await redis.pttl(`_app:s:${handle}`);
    expect(timeLeft).toBeGreaterThan(MINUTE - SECOND);
    expect(timeLeft).toBeLessThanOrEqual(MINUTE);
  }
});

describe('the index of an account', () => {
  it('has no session whose absolute timeout is over, once another one begins', async () => {
    let now = Date.now();
    const { start } = createSessions(redis, { ...parts(redis), clock: { now: () => now } });
    await start('first', ALICE, {});
    now += 2 * MINUTE;
    await start('second', ALICE, {});
    expect(await index()).toEqual(['second']);
  });

  it('loses one whose absolute timeout is over, once the sessions are listed', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const { start, list } = createSessions(redis, { ...parts(redis), clock });
    await start('first', ALICE, {});
    now += MINUTE;
    await start('second', ALICE, {});
    now += MINUTE;
    expect(await list(ALICE.account)).toMatchObject([{ handle: 'second' }]);
    expect(await index()).toEqual(['second']);
  });

  it('loses the one of ten that has ended, and keeps all others', async () => {
    const handles = Array.from({ length: 10 }, (_, i) => `handle-${i}`);
    for (const handle of handles) await sessions.start(handle, ALICE, {});
    await redis.del('_app:s:handle-0');
    expect(await sessions.list(ALICE.account)).toHaveLength(9);
    expect((await index()).toSorted()).toEqual(handles.slice(1));
  });

  it('lists as many as are asked for, the newest first, also beside one that was lost', async () => {
    const now = Date.now();
    const { add, list, isComplete } = createSessionIndex(redis);
    const begin = (handle: string, endsAt: number) =>
      add(ALICE.account, handle, { endsAt, now, othersUntil: now + 3 * MINUTE });
    await begin('first', now + 2 * MINUTE);
    await begin('second', now + 3 * MINUTE);

    expect(await isComplete(ALICE.account)).toBe(false);
    expect(await list(ALICE.account, 1)).toEqual(['second']);
    expect(await list(ALICE.account, 2)).toEqual(['second', 'first']);
  });

  it('is known to miss sessions when it was evicted before one of them got a new id', async () => {
    const record = await sessions.start('old', ALICE, {});
    await sessions.start('other', ALICE, {});
    await redis.del('_app:u:id-of-alice');
    await sessions.move('old', 'new', record);
    expect(await sessions.endAll(ALICE.account, { known: 'new' })).toBe(2);
    expect(await records()).toEqual([]);
  });

  it('is replaced by one search of Redis at a time, which others wait for', async () => {
    let running = 0;
    let most = 0;
    async function* scan() {
      most = Math.max(most, ++running);
      yield await redis.keys('_app:s:*');
      running--;
    }
    const watched = new Proxy(redis, {
      get: (target, name) => (name === 'scanStream' ? scan : Reflect.get(target, name)),
    });
    await sessions.start('first', ALICE, {});
    const { search } = createSessionIndex(watched);
    const found = await Promise.all([1, 2, 3].map(() => search(ALICE.account)));
    expect(found).toEqual([['first'], ['first'], ['first']]);
    expect(most).toBe(1);
  });

  it('is searched for no longer than 5 seconds after another search that does not end', async () => {
    const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
    const watched = new Proxy(redis, {
      get: (target, name) => (name === 'scanStream' ? () => endless : Reflect.get(target, name)),
    });
    const { search } = createSessionIndex(watched);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      void search(ALICE.account);
      const refused = jest.fn();
      search(ALICE.account).catch(refused);
      await jest.advanceTimersByTimeAsync(5 * SECOND - 1);
      expect(refused).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      expect(refused).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('the list of sessions', () => {
  it('has those of their fields alone that are wanted: each may be large', async () => {
    await sessions.start('first', ALICE, { signedInBy: '"0/guid"', cart: '[1]' });
    const fieldsOf = async (wanted?: string[]) =>
      (await sessions.list(ALICE.account, wanted)).map(({ fields }) => fields);
    expect(await fieldsOf(['signedInBy', 'other'])).toEqual([{ signedInBy: '"0/guid"' }]);
    expect(await fieldsOf()).toEqual([{}]);
  });
});

describe('the room for what Redis answers', () => {
  const EIGHT = Array.from({ length: 8 }, (_, i) => `handle-${i}`);
  const never = () => new Promise<never>(() => {});
  /** A Redis that knows of eight sessions, and does not say what is in them. */
  const silent = () =>
    new Proxy(redis, {
      get(target, name) {
        if (name === 'zrevrange') return () => Promise.resolve(EIGHT);
        return ['getex', 'get', 'pttl'].includes(name as string)
          ? never
          : Reflect.get(target, name);
      },
    });

  beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it.each<[string, number, (sessions: Sessions) => Promise<unknown>]>([
    ['64 requests that read their session', 64, ({ find }) => find('handle')],
    ['eight lists, which read eight at a time', 8, ({ list }) => list(ALICE.account)],
  ])('is enough for %s: one more is refused within a second', async (_what, most, read) => {
    const timeouts = { idle: MINUTE, absolute: 2 * MINUTE };
    const ofSilent = createSessions(silent(), { clock: Date, timeouts, log });
    const [others, refused] = [jest.fn(), jest.fn()];
    for (let i = 0; i < most; i++) read(ofSilent).catch(others);
    read(ofSilent).catch(refused);
    await jest.advanceTimersByTimeAsync(SECOND - 1);

    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    expect(others).not.toHaveBeenCalled();
  });
});

describe('an account whose sessions are all over', () => {
  it('is not searched for in all of Redis, unlike one that may have a session', async () => {
    const endAll = (until: number) => () => sessions.endAll(ALICE.account, { until });
    const now = Date.now();
    expect(await countCommands(redis, endAll(now - MINUTE))).not.toHaveProperty('scan');
    expect(await countCommands(redis, endAll(now + MINUTE))).toHaveProperty('scan');
  });
});

describe('a session of 64 KiB', () => {
  it('may have 65,536 bytes in Redis, and not one more', async () => {
    await sessions.start('first', ALICE, { text: '""' });
    const room = RECORD_LIMIT - (await redis.strlen('_app:s:first'));
    const fill = (bytes: number) => {
      const written = { text: JSON.stringify('x'.repeat(bytes)) };
      return sessions.change('first', { written, removed: [] });
    };
    expect(await fill(room)).toBe('merged');
    expect(await redis.strlen('_app:s:first')).toBe(65_536);
    expect(await fill(room + 1)).toBe('too large');
    expect(await redis.strlen('_app:s:first')).toBe(65_536);
  });
});

describe('a session whose absolute timeout is over', () => {
  it('leaves nothing in Redis when somebody asks for it', async () => {
    let now = Date.now();
    const { start, find } = createSessions(redis, { ...parts(redis), clock: { now: () => now } });
    await start('first', ALICE, {});
    now += 2 * MINUTE;
    expect(await find('first')).toBeNull();
    expect(await records()).toEqual([]);
    expect(await index()).toEqual([]);
  });
});

describe('a session that only another version of the app can read', () => {
  it('is not shown in the list, and stays in the index', async () => {
    await sessions.start('first', ALICE, {});
    await redis.set('_app:s:first', '{}');
    expect(await sessions.list(ALICE.account)).toEqual([]);
    expect(await index()).toEqual(['first']);
  });
});

describe('an account with 2,001 sessions', () => {
  const handles = Array.from({ length: 2001 }, (_, i) => `handle-${i}`);
  beforeEach(async () => {
    await Promise.all(handles.map((handle) => sessions.start(handle, ALICE, {})));
  });

  it('is signed out of all of them', async () => {
    expect(await sessions.endAll(ALICE.account, { known: handles[0] })).toBe(2001);
    expect(await records()).toEqual([]);
    expect(await index()).toEqual([]);
  });

  it('is shown a hundred of them, the newest first', async () => {
    const times = (await sessions.list(ALICE.account)).map(({ startedAt }) => startedAt);
    expect(times).toHaveLength(100);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
  });
});

describe('the end of a session', () => {
  const ways: [string, Handler][] = [
    ['a sign-out', signOut],
    ['a new id', regenerate],
    [
      'the sign-in of another user',
      (ctx) => {
        ctx.session = BOB;
        return ctx.session.regenerate();
      },
    ],
    ['a sign-out everywhere', () => sessions.endAll(ALICE.account)],
  ];

  it.each(ways)('by %s is announced to open pages', async (_what, end) => {
    const id = await signIn();
    const listener = redis.duplicate();
    try {
      await listener.subscribe('_app:ended');
      const announced = once(listener, 'message', { signal: AbortSignal.timeout(SECOND) });
      await b.ask(end, id).catch(() => {});
      expect(await announced).toEqual(['_app:ended', handleOf(id)]);
    } finally {
      listener.disconnect();
    }
  });

  it('is one also where Redis refuses to announce it, which is logged', async () => {
    const lines: string[] = [];
    const refuse = () => Promise.reject(new Error('NOPERM'));
    const refusing = new Proxy(redis, {
      get: (target, name) => (name === 'publish' ? refuse : Reflect.get(target, name)),
    });
    const keepLine = (line: string) => void lines.push(line);
    const { end } = createSessions(refusing, { ...parts(redis), log: keepLine });
    const id = await signIn();
    expect(await end(ALICE.account, handleOf(id))).toBe(1);
    expect(await read(id)).toEqual({});
    expect(lines).toEqual([
      expect.stringMatching(/^The end of a session could not be announced: Redis /),
    ]);
  });
});

describe('a failure', () => {
  it('of a sign-in leaves the cookie as it is, and the old session too', async () => {
    const id = await signIn();
    const answer = await a.ask(async (ctx) => {
      ctx.session = { ...BOB, size: 10n }; // which JSON cannot hold
      await ctx.session.regenerate();
    }, id);

    expect(answer).toMatchObject({ status: 500, id: undefined });
    expect(await read(id)).toMatchObject({ user: 'alice' });
  });

  it('of Redis at a sign-in leaves the old session too', async () => {
    const id = await signIn();
    await redis.acl('SETUSER', 'default', '-pexpireat');
    const { status } = await a.ask(async (ctx) => {
      ctx.session = BOB;
      await ctx.session.regenerate();
    }, id);
    await redis.acl('SETUSER', 'default', '+@all');

    expect(status).toBe(500);
    expect(await read(id)).toMatchObject({ user: 'alice' });
    expect(await records()).toHaveLength(1);
  });

  it('after a sign-in sends no cookie of what has begun', async () => {
    const answer = await a.ask(async (ctx) => {
      ctx.session = BOB;
      await ctx.session.regenerate();
      ctx.throw(503);
    });
    expect(answer).toMatchObject({ status: 503, id: undefined });
  });
});

describe('the cookie', () => {
  it('is not sent again when a session is changed', async () => {
    const id = await signIn();
    expect(await a.ask(set('cart', ['book']), id)).toMatchObject({ id: undefined });
  });
});

describe('what is saved', () => {
  it('is any change, also one that leaves a checksum as it was', async () => {
    // koa-session's crc32 is the same for {"user":"alice","account":"…","pin":"…"} with either of these
    const [before, after] = findCollision((pin) => JSON.stringify({ ...ALICE, pin }));
    const { id } = await a.ask((ctx) => {
      ctx.session = { ...ALICE, pin: before };
    });
    await a.ask(set('pin', after), id);

    expect(await read(id!)).toEqual({ ...ALICE, pin: after });
  });

  it('is written once, however often it is saved', async () => {
    const id = await signIn();
    const insist: Handler = async (ctx) => {
      ctx.session.cart = ['book'];
      await ctx.session.save();
      await ctx.session.manuallyCommit();
    };
    const counts = await countCommands(redis, () => a.ask(insist, id));

    expect(counts).toMatchObject({ getex: 1 });
    expect((counts.evalsha ?? 0) + (counts.eval ?? 0)).toBe(1);
    expect(await read(id)).toMatchObject({ cart: ['book'] });
  });

  it('is nothing when save() finds nothing changed', async () => {
    const id = await signIn();
    const save: Handler = (ctx) => ctx.session.save();
    expect(await countCommands(redis, () => a.ask(save, id))).toEqual({ getex: 1 });
  });

  it('is each changed field, and no other', async () => {
    const id = await signIn();
    const slow = await a.hold(set('left', 1), id);
    await b.ask(set('right', 2), id);
    await b.ask(set('cart', ['book']), id);
    await slow.release();

    expect(await read(id)).toMatchObject({ left: 1, right: 2, cart: ['book'] });
  });

  it('is also what was removed', async () => {
    const id = await signIn();
    const slow = await a.hold((ctx) => {
      delete ctx.session.cart;
    }, id);
    await b.ask(set('right', 2), id);
    await slow.release();

    expect(await read(id)).toEqual({ ...ALICE, nothing: {}, right: 2 });
  });
});

describe('a field that is set to undefined', () => {
  it('is removed, as JSON has no such value', async () => {
    const id = await signIn();
    await a.ask(set('cart', undefined), id);
    expect(await read(id)).toEqual({ ...ALICE, nothing: {} });
  });
});

describe('a sign-out', () => {
  it('by ctx.session = null ends the session and clears the cookie', async () => {
    const id = await signIn();
    expect(await a.ask(signOut, id)).toMatchObject({ id: '' });

    expect(await b.ask(show, id)).toMatchObject({ body: {} });
    expect(await records()).toEqual([]);
    expect(await index()).toEqual([]);
  });

  it('without a session asks Redis nothing', async () => {
    expect(await countCommands(redis, () => a.ask(signOut))).toEqual({});
  });
});

describe('a request that is on its way while the session ends elsewhere', () => {
  const ways: [string, (id: string) => Promise<unknown>][] = [
    ['by a sign-out', (id) => b.ask(signOut, id)],
    ['by a sign-out everywhere', () => sessions.endAll(ALICE.account)],
  ];

  it.each(ways)('%s: what it read is all that it has', async (_way, end) => {
    const id = await signIn();
    const slow = await a.hold(show, id);
    await end(id);

    expect(await slow.release()).toMatchObject({ status: 200, id: undefined });
    expect(await records()).toEqual([]);
  });

  it.each(ways)('%s: its write is refused', async (_way, end) => {
    const id = await signIn();
    const slow = await a.hold(set('cart', ['book']), id);
    await end(id);

    expect(await slow.release()).toMatchObject({ status: 401 });
    expect(await records()).toEqual([]);
  });

  it.each(ways)('%s: its rotation is refused', async (_way, end) => {
    const id = await signIn();
    const slow = await a.hold(regenerate, id);
    await end(id);

    expect(await slow.release()).toMatchObject({ status: 401 });
    expect(await records()).toEqual([]);
    expect(await index()).toEqual([]);
  });
});

describe('regenerate()', () => {
  it('gives the session another id, and keeps its data and its absolute timeout', async () => {
    const id = await signIn();
    const before = (await sessions.find(handleOf(id)))!;
    const { id: newId } = await b.ask(regenerate, id);

    expect(await sessions.find(handleOf(newId!))).toEqual(before);
    expect(await sessions.find(handleOf(id))).toBeNull();
    expect(await index()).toEqual([handleOf(newId!)]);
  });

  it('keeps what another request has written meanwhile', async () => {
    const id = await signIn();
    const slow = await a.hold(regenerate, id);
    await b.ask(set('cart', ['book']), id);
    const { id: newId } = await slow.release();

    expect(await read(newId!)).toMatchObject({ cart: ['book'] });
  });

  it('takes along what the same request changes, before and after', async () => {
    const id = await signIn();
    const { id: newId } = await a.ask(async (ctx) => {
      ctx.session.before = 1;
      await ctx.session.regenerate();
      ctx.session.after = 2;
    }, id);

    expect(await read(newId!)).toMatchObject({ before: 1, after: 2 });
  });

  it('after a new object begins another session, without the data of the old one', async () => {
    const id = await signIn();
    await a.ask(set('cart', ['book']), id);
    const { id: newId } = await a.ask(async (ctx) => {
      ctx.session = BOB;
      await ctx.session.regenerate();
    }, id);

    expect(await read(newId!)).toEqual(BOB);
    expect(await read(id)).toEqual({});
    expect(await index()).toEqual([]);
  });

  it('after a new object of the same user begins another session, which has all of its time', async () => {
    const id = 'A'.repeat(43);
    const clock = { now: () => Date.now() - MINUTE };
    const { start } = createSessions(redis, { ...parts(redis), clock });
    const { startedAt } = await start(handleOf(id), ALICE, { cart: '["book"]' });
    const { id: newId } = await a.ask(async (ctx) => {
      ctx.session = ALICE;
      await ctx.session.regenerate();
    }, id);

    const another = (await sessions.find(handleOf(newId!)))!;
    expect(another.startedAt).toBeGreaterThan(startedAt + MINUTE / 2);
    expect(another).toMatchObject({ endsAt: another.startedAt + 2 * MINUTE, fields: {} });
    expect(await index()).toEqual([handleOf(newId!)]);
  });
});

describe('a record of another version of the app', () => {
  const handle = handleOf('A'.repeat(43));
  const store = (record: unknown) => redis.set(`_app:s:${handle}`, JSON.stringify(record));
  const ask = (handler: Handler) => a.ask(handler, 'A'.repeat(43));

  it('is read when it has more in it', async () => {
    await store([2, Date.now(), 60, 'alice', { news: '{"a":1}' }, ALICE.account, { yet: [] }]);
    expect((await ask(show)).body).toEqual({ ...ALICE, news: { a: 1 } });
  });

  it('is of its owner, whatever its fields say', async () => {
    const fields = { user: '"mallory"', account: '"id-of-mallory"', cart: '[1]' };
    await store([1, Date.now(), 60, 'alice', fields, ALICE.account]);
    expect((await ask(show)).body).toEqual({ ...ALICE, cart: [1] });
  });

  it('may become smaller when it has more than 64 KiB, but no larger', async () => {
    const half = JSON.stringify('x'.repeat(RECORD_LIMIT / 2));
    await sessions.start(handle, ALICE, { one: half, two: half, three: half });
    const change = (written: Record<string, string>, removed: string[]) =>
      sessions.change(handle, { written, removed });
    expect(await change({ four: '1' }, [])).toBe('too large');
    expect(await change({}, ['three'])).toBe('merged');
    expect((await ask(show)).body).toHaveProperty('two');
    expect((await ask(show)).body).not.toHaveProperty('three');
  });

  /** Byte for byte what the version before has written: it knew no ids of accounts. */
  const BEFORE_ACCOUNTS = (startedAt: number) =>
    `[1,${startedAt},120,"alice",{"signedInBy":"\\"0/7c9bb3d\\"","cart":"[1]"}]`;

  it('is no session when it has no account: its user signs in again', async () => {
    await redis.set(`_app:s:${handle}`, BEFORE_ACCOUNTS(Date.now()));
    expect(await ask(show)).toMatchObject({ status: 200, id: '', body: {} });
  });

  it('begins with what the version before reads', async () => {
    const owner = { user: 'alice', account: ALICE.account };
    const fields = { signedInBy: '"0/7c9bb3d"', cart: '[1]' };
    const { startedAt } = await sessions.start(handle, owner, fields);
    const text = (await redis.get(`_app:s:${handle}`))!;
    expect(text).toBe(BEFORE_ACCOUNTS(startedAt).replace(/]$/, `,"${ALICE.account}"]`));
  });

  it.each([
    ['a write', set('cart', [1])],
    ['a rotation', regenerate],
    [
      'a write with a rotation',
      (ctx: Context) => {
        ctx.session.cart = [1];
        return ctx.session.regenerate();
      },
    ],
  ])('keeps byte for byte what this version does not know, through %s', async (_what, change) => {
    const fields = String.raw`{"news":"{\"a\":1}","_hidden":"1","odd":"no } JSON {\\"}`;
    const head = String.raw`[2.0,${Date.now()},60,"alice \"{}\" \\",`;
    const tail = ',"id-of-alice",[],{},{"deep":[{}]},12345678901234567890,1.10]';
    await redis.set(`_app:s:${handle}`, head + fields + tail);
    await ask(change as Handler);

    const [key] = await records();
    const text = (await redis.get(key!))!;
    expect(text.slice(0, head.length)).toBe(head);
    expect(text.slice(-tail.length)).toBe(tail);
    expect(JSON.parse(text.slice(head.length, -tail.length))).toMatchObject(JSON.parse(fields));
  });

  it.each(['1', '"x"', '{"a":1}', 'null'])(
    'is a session without the fields that koa-session has names for, when they are %s',
    async (text) => {
      const others = ['isNew', '_requireSave', '_maxAge', '_session', '__proto__'];
      const names = [...(await namesOfKoaSession()), ...others];
      const fields = Object.fromEntries(names.map((name) => [name, text]));
      const news = JSON.stringify({ a: 1 });
      await store([1, Date.now(), 60, 'alice', { ...fields, news }, ALICE.account]);
      expect((await ask(show)).body).toEqual({ ...ALICE, news: { a: 1 } });

      expect((await ask(set('cart', [1]))).status).toBe(200);
      expect(await ask(regenerate)).toMatchObject({ status: 200, id: expect.any(String) });
      const [key] = await records();
      const stored = JSON.parse((await redis.get(key!))!) as unknown[];
      expect(stored[4]).toEqual({ ...fields, news, cart: '[1]' });
      expect(Object.keys(stored[4] as object)).toContain('__proto__');
    },
  );

  async function namesOfKoaSession(): Promise<string[]> {
    const { body } = await a.ask((ctx) => {
      ctx.body = Object.getOwnPropertyNames(Object.getPrototypeOf(ctx.session));
    });
    return (body as string[]).filter((name) => name !== 'constructor');
  }

  it.each([
    ['no JSON', 'junk'],
    ['another thing', '{"user":"alice"}'],
    ['without its fields', '[1,1795239023480,60,"alice",null,"id-of-alice"]'],
    ['without a time', '[1,null,60,"alice",{},"id-of-alice"]'],
    ['with fields that are none', '[1,1795239023480,60,"alice",5,"id-of-alice"]'],
    ['with a field that is none', '[1,1795239023480,60,"alice",{"a":1},"id-of-alice"]'],
  ])('is no session when it is %s', async (_what, text) => {
    await redis.set(`_app:s:${handle}`, text);
    expect(await ask(show)).toMatchObject({ status: 200, id: '', body: {} });
  });
});

function parts(client: Redis) {
  const timeouts = { idle: MINUTE, absolute: 2 * MINUTE };
  return { clock: followClock(client, log), timeouts, log };
}

async function openShop(client: Redis) {
  const app = new Koa();
  // As in the app, and unlike Koa's own answer to an error, this leaves the headers as they are
  app.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.status = (error as { status?: number }).status ?? 500;
      ctx.body = (error as Error).message;
    }
  });
  const handlers = new Map<string, Handler>();
  app.use(createSessionMiddleware(app, createSessions(client, parts(client))));
  app.use((ctx) => {
    ctx.body = '{}';
    return handlers.get(ctx.path)!(ctx) as Promise<void>;
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopAtEnd(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;

  return { ask, hold };

  /** Runs the handler within a request that carries the session id, if any. */
  async function ask(handler: Handler, id?: string): Promise<Answer> {
    const path = `/${handlers.size}`;
    handlers.set(path, handler);
    const headers: Record<string, string> = { Connection: 'close' };
    if (id) headers.Cookie = `session=${id}`;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const text = await response.text();
    return {
      status: response.status,
      id: /^session=([^;]*)/.exec(response.headers.get('Set-Cookie') ?? '')?.[1],
      body: response.ok ? JSON.parse(text) : text,
    };
  }

  /** Resolves when the request has read its session; its handler runs at the release. */
  async function hold(handler: Handler, id: string) {
    let release!: () => void;
    const released = new Promise<void>((resolve) => (release = resolve));
    let answer!: Promise<Answer>;
    await new Promise<void>((hasRead) => {
      answer = ask(async (ctx) => {
        hasRead();
        await released;
        await handler(ctx);
      }, id);
    });
    return {
      release(): Promise<Answer> {
        release();
        return answer;
      },
    };
  }
}

/** Two pins with the same crc32 of their session: after some 100,000 random ones there are two. */
function findCollision(sessionWith: (pin: string) => string): [string, string] {
  const seen = new Map<number, string>();
  for (;;) {
    const pin = randomBytes(6).toString('base64url');
    const checksum = crc32(sessionWith(pin));
    const other = seen.get(checksum);
    if (other && other !== pin) return [other, pin];
    seen.set(checksum, pin);
  }
}
