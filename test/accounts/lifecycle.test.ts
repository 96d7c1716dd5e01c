/** Sign-ins, deletions and sign-ups of one name, in every order in which their commands can mix. */
import type { Redis } from 'ioredis';
import { type Account, createAccounts } from '../../src/accounts/accounts.ts';
import type { Client } from '../../src/accounts/authentication.ts';
import { createLifecycle, type Lifecycle } from '../../src/accounts/lifecycle.ts';
import { createThrottle, withAddress } from '../../src/accounts/throttle.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { createSessions, type Sessions } from '../../src/sessions/sessions.ts';
import type { ConcurrencyLimit } from '../../src/limits/concurrency-limit.ts';
import { countCommands } from '../support/commands.ts';
import { beforeEachCommand, inEveryOrder } from '../support/interleave.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

const NAME = 'alice';
const ADDRESS = '192.0.2.1';
const CLIENT = { address: ADDRESS, signal: new AbortController().signal };
const OLD = 'old-handle';
const NEW = 'new-handle';
const OTHER = 'other-handle';
const NEXT_OWNERS = 'handle-of-the-next-owner';
/** The commands whose order makes a difference. Every order of all commands would take hours. */
const STEPS = ['get', 'eval', 'set', 'addToIndex', 'zrevrange', 'unlink'];

interface Instance {
  accounts: ReturnType<typeof createAccounts>;
  sessions: Sessions;
  lifecycle: Lifecycle;
}

let redis: Redis;
/** The account whose password was proved before each round. */
let account: Account;
beforeAll(async () => {
  redis = connectTo(await startRedis());
});

/** Never the same twice, so that each order of commands has one outcome. */
const clock = { now: () => ++time };
let time = Date.now();

/** What was logged since the account was made. */
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

/** Redis has no part in the work of a hash. */
const takeTurn = jest.fn(async (_task: unknown, _client?: Client) => 'another hash');

function instanceOn(client: RedisClient, absolute = 12 * 60 * 60_000): Instance {
  const timeouts = { idle: 60_000, absolute };
  const accounts = createAccounts(client, log);
  const sessions = createSessions(client, { clock, timeouts, log });
  const throttle = createThrottle(client);
  const parts = { accounts, sessions, throttle, clock, timeouts, log };
  const limit = takeTurn as unknown as ConcurrencyLimit;
  return { accounts, sessions, lifecycle: createLifecycle({ ...parts, takeTurn: limit }) };
}

/** Makes the account and a session of it. */
async function setUp(): Promise<void> {
  await redis.flushall();
  const instance = instanceOn(redis);
  account = (await signUp(instance))!;
  await signIn(instance, account, OLD);
  account = (await instance.accounts.find(NAME))!;
  lines.length = 0;
}

/** Returns a function that makes Redis hold again, in one round trip, what it holds now. */
async function takeSnapshot(): Promise<() => Promise<unknown>> {
  const keys = await redis.keys('*');
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  return () => {
    const flushed = redis.flushall();
    return Promise.all([flushed, ...keys.map((key, i) => redis.restore(key, 0, dumps[i]!))]);
  };
}

const signUp = ({ accounts }: Instance) =>
  accounts.create({ name: NAME, password: 'a hash', addresses: [] });

/** As far as Redis has a part in it once the password is proved. */
const signIn = ({ lifecycle, sessions }: Instance, { id }: Account, handle: string) =>
  lifecycle.begin(account, async (othersUntil) => {
    await sessions.start(handle, { user: NAME, account: id }, {}, othersUntil);
    return handle;
  });

const remove = ({ lifecycle }: Instance) => lifecycle.remove(account, ADDRESS, OLD);

const changePassword = ({ lifecycle }: Instance) =>
  lifecycle.changePassword(account, 'another password', CLIENT, OLD);

async function removeAndSignUp(instance: Instance): Promise<Account | null> {
  await remove(instance);
  const next = await signUp(instance);
  if (!next) return null;
  await instance.lifecycle.begin(next, async (othersUntil) => {
    const owner = { user: NAME, account: next.id };
    await instance.sessions.start(NEXT_OWNERS, owner, {}, othersUntil);
    return NEXT_OWNERS;
  });
  return next;
}

async function liveSessions(): Promise<string[]> {
  return (await redis.keys('_app:s:*')).map((key) => key.slice('_app:s:'.length));
}

describe.each([
  ['one server', false],
  ['the nodes of a Cluster', true],
])('on %s', (_where, isCluster) => {
  async function inAllOrders<Left, Right>(
    left: (instance: Instance) => Promise<Left>,
    right: (instance: Instance) => Promise<Right>,
    check: (done: { left: Left; right: Right; live: string[] }) => Promise<void> | void,
    steps = STEPS,
  ): Promise<void> {
    await setUp();
    const restore = await takeSnapshot();
    const orders = await inEveryOrder(
      redis,
      isCluster,
      async (actor, finish) => {
        await restore();
        const [a, b] = await finish(left(instanceOn(actor())), right(instanceOn(actor())));
        await check({ left: a, right: b, live: await liveSessions() });
      },
      steps,
    );
    expect(orders).toBeGreaterThanOrEqual(10);
  }

  it('a sign-in and a deletion leave no session', async () => {
    await inAllOrders(
      (a) => signIn(a, account, NEW),
      remove,
      ({ right: isRemoved, live }) => {
        expect(isRemoved).toBe(true);
        expect(live).toEqual([]);
      },
    );
  });

  it('a sign-in and a change of the password leave the session that changed it', async () => {
    await inAllOrders(
      (a) => signIn(a, account, NEW),
      changePassword,
      ({ right: ended, live }) => {
        expect(ended).not.toBeNull();
        expect(live).toEqual([OLD]);
      },
    );
  });

  it('of two changes of the password one is told that it was the one', async () => {
    await inAllOrders(changePassword, changePassword, ({ left, right }) => {
      expect([left, right].filter((ended) => ended !== null)).toHaveLength(1);
    });
  });

  it('a sign-in, a deletion and a new sign-up leave the session of the new owner alone', async () => {
    await inAllOrders(
      (a) => signIn(a, account, NEW),
      removeAndSignUp,
      async ({ right: next, live }) => {
        expect(live).toEqual([NEXT_OWNERS]);
        const listed = await instanceOn(redis).sessions.list(next!.id);
        expect(listed.map(({ handle }) => handle)).toEqual([NEXT_OWNERS]);
      },
      ['get', 'eval', 'set', 'addToIndex'],
    );
  });

  it('an old deletion leaves the account and the session of the next owner', async () => {
    await inAllOrders(
      remove,
      removeAndSignUp,
      async ({ right: next, live }) => {
        expect((await instanceOn(redis).accounts.find(NAME))?.id).toBe(next!.id);
        expect(live).toEqual([NEXT_OWNERS]);
      },
      ['get', 'eval', 'set', 'addToIndex'],
    );
  });

  it('of two deletions one is told that it was the one', async () => {
    await inAllOrders(
      remove,
      remove,
      ({ left, right, live }) => {
        expect([left, right].filter(Boolean)).toHaveLength(1);
        expect(live).toEqual([]);
      },
      ['get', 'eval', 'unlink'],
    );
  });
});

describe('a new password', () => {
  it('is hashed when it is the turn of its client', async () => {
    await setUp();
    takeTurn.mockClear();
    await changePassword(instanceOn(redis));
    expect(takeTurn.mock.calls.map(([, client]) => client?.address)).toEqual([ADDRESS]);
  });
});

describe('the log', () => {
  it('says that a password is changed, once it is', async () => {
    await setUp();
    expect(await changePassword(instanceOn(redis))).not.toBeNull();
    expect(await changePassword(instanceOn(redis))).toBeNull();
    expect(lines).toEqual(['The password of alice is changed']);
  });

  it('says that an account is deleted, once it is', async () => {
    await setUp();
    expect(await remove(instanceOn(redis))).toBe(true);
    expect(await remove(instanceOn(redis))).toBe(false);
    expect(lines).toEqual(['The account of alice is deleted']);
  });
});

describe('the next owner of a name', () => {
  it('keeps the password and the session when a former owner changes theirs too late', async () => {
    await setUp();
    const instance = instanceOn(redis);
    const next = (await removeAndSignUp(instance))!;
    const before = await instance.accounts.find(NAME);
    expect(before?.id).toBe(next.id);

    expect(await changePassword(instance)).toBeNull();
    expect(await instance.accounts.find(NAME)).toEqual(before);
    expect(await liveSessions()).toEqual([NEXT_OWNERS]);
  });
});

describe('what others have stored since the password was proved', () => {
  it.each([
    ['a change of the password', changePassword],
    ['a sign-in', (instance: Instance) => signIn(instance, account, NEW)],
  ])('is kept by %s', async (_what, operation) => {
    await setUp();
    const instance = instanceOn(redis);
    const addresses = withAddress([], ADDRESS);
    await instance.accounts.update(account, (current) => ({ ...current, addresses }));
    await operation(instance);
    expect(await instance.accounts.find(NAME)).toMatchObject({ addresses });
  });
});

describe('an account', () => {
  it('knows when the last of its sessions ends, which a shorter one does not put forward', async () => {
    const before = time;
    await setUp();
    expect(account.sessionsUntil).toBeGreaterThan(before + 12 * 60 * 60_000);

    await signIn(instanceOn(redis, 1), account, NEW);
    const { sessionsUntil } = (await instanceOn(redis).accounts.find(NAME))!;
    expect(sessionsUntil).toBe(account.sessionsUntil);
  });
});

describe('a sign-in to an account that is gone', () => {
  it('begins no session, not even for a moment', async () => {
    await setUp();
    const { accounts, lifecycle } = instanceOn(redis);
    await accounts.remove(account);
    const start = jest.fn();
    expect(await lifecycle.begin(account, start)).toBe(false);
    expect(start).not.toHaveBeenCalled();
  });
});

describe('a sign-up that is answered by an error', () => {
  it('leaves neither account nor session, and does not count against its address', async () => {
    await redis.flushall();
    const { accounts, lifecycle, sessions } = instanceOn(redis);
    const addresses = withAddress([], ADDRESS);
    account = (await accounts.create({ name: NAME, password: 'a hash', addresses }))!;
    await sessions.start(OLD, { user: NAME, account: account.id }, {});
    await createThrottle(redis).countSignUp(ADDRESS);

    await lifecycle.abandon(account, ADDRESS);
    const [counter, ...others] = await redis.keys('*');
    expect(others).toEqual([]);
    expect(counter).toMatch(/^_app:t:u:/);
    expect(await redis.get(counter!)).toBe('0');
  });
});

describe('when Redis does not let sessions end', () => {
  const refuse = () => Promise.reject(new Error('NOPERM'));
  const refusing = () =>
    new Proxy(redis, {
      get: (target, name) => (name === 'unlink' ? refuse : Reflect.get(target, name)),
    });

  it.each([
    ['a deletion', remove],
    ['a change of the password', changePassword],
  ])('%s leaves the account as it was, so that it can be tried again', async (_what, operation) => {
    await setUp();
    await signIn(instanceOn(redis), account, OTHER);
    const before = await redis.get(`_app:a:${NAME}`);
    await expect(operation(instanceOn(refusing()))).rejects.toThrow('NOPERM');
    expect(await redis.get(`_app:a:${NAME}`)).toBe(before);
    await operation(instanceOn(redis));
  });
});

describe('an account that has had no session', () => {
  it.each<[string, (instance: Instance) => Promise<unknown>]>([
    ['a deletion', ({ lifecycle }) => lifecycle.remove(account, ADDRESS)],
    [
      'a change of the password',
      ({ lifecycle }) => lifecycle.changePassword(account, 'another password', CLIENT),
    ],
  ])('is not searched for in all of Redis by %s', async (_what, operation) => {
    await redis.flushall();
    const instance = instanceOn(redis);
    account = (await signUp(instance))!;
    expect(await countCommands(redis, () => operation(instance))).not.toHaveProperty('scan');
  });
});

describe('when a failover has lost places in the index, that of the session that asks among them', () => {
  it.each([
    ['a deletion leaves no session', remove, []],
    ['a change of the password leaves the session that changed it', changePassword, [OLD]],
  ])('%s', async (_what, operation, survivors) => {
    await setUp();
    await signIn(instanceOn(redis), account, OTHER);
    expect(await redis.zrem(`_app:u:${account.id}`, OLD, OTHER)).toBe(2);
    await operation(instanceOn(redis));
    expect(await liveSessions()).toEqual(survivors);
  });
});

describe('when Redis evicts the index', () => {
  const evict = () => redis.del(`_app:u:${account.id}`);

  async function signInAndEvict(): Promise<void> {
    await signIn(instanceOn(redis), account, NEW);
    await evict();
  }

  /** Runs `operation` on an account with two sessions; `event` happens before one of its commands. */
  async function inEachRound(
    event: () => Promise<unknown>,
    operation: (instance: Instance) => Promise<unknown>,
    survivors: string[],
  ): Promise<void> {
    const rounds = await beforeEachCommand(redis, event, async (client) => {
      await setUp();
      await signIn(instanceOn(redis), account, OTHER);
      await operation(instanceOn(client));
      expect(await liveSessions()).toEqual(survivors);
    });
    expect(rounds).toBeGreaterThan(5);
  }

  it('a sign-out everywhere leaves no session, at whatever moment', async () => {
    const endAll = ({ sessions }: Instance) => sessions.endAll(account.id, { known: OLD });
    await inEachRound(evict, endAll, []);
  });

  it.each([
    ['at whatever moment', evict],
    ['right after a sign-in', signInAndEvict],
  ])('a change of the password leaves the session that changed it, %s', async (_what, event) => {
    await inEachRound(event, changePassword, [OLD]);
  });

  it.each([
    ['at whatever moment', evict],
    ['right after a sign-in', signInAndEvict],
  ])('a deletion leaves no session, %s', async (_what, event) => {
    await inEachRound(event, remove, []);
  });

  it('a sign-in does not hide a session that began while its password was proved', async () => {
    await redis.flushall();
    const instance = instanceOn(redis);
    account = (await signUp(instance))!;
    await signInAndEvict();
    await signIn(instance, account, OLD);
    await instance.sessions.endAll(account.id, { known: OLD });
    expect(await liveSessions()).toEqual([]);
  });

  it('a sign-in under a shorter timeout does not hide a session that lives longer', async () => {
    await setUp();
    await signIn(instanceOn(redis, 1), account, NEW);
    await evict();
    account = (await instanceOn(redis).accounts.find(NAME))!;
    await instanceOn(redis).lifecycle.remove(account, ADDRESS);
    expect(await liveSessions()).toEqual([]);
  });

  it('a change of the password does not hide the session that changed it', async () => {
    await setUp();
    const { sessions, lifecycle } = instanceOn(redis);
    await signInAndEvict();
    await signIn(instanceOn(redis), account, OTHER);
    await lifecycle.changePassword(account, 'another password', CLIENT, OLD);
    await sessions.start(NEW, { user: NAME, account: account.id }, {}, account.sessionsUntil);
    await sessions.endAll(account.id, { until: account.sessionsUntil });
    expect(await liveSessions()).toEqual([]);
  });
});
