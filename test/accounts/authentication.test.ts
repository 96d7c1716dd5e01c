/** Signing in and up while others change the account, wait for the same place, or leave. */
import type { Redis } from 'ioredis';
import { type Account, type Accounts, createAccounts } from '../../src/accounts/accounts.ts';
import { hashPassword, isOutdated } from '../../src/accounts/passwords.ts';
import { createAuthentication } from '../../src/accounts/authentication.ts';
import { createThrottle, type Throttle, withAddress } from '../../src/accounts/throttle.ts';
import type { ConcurrencyLimit } from '../../src/limits/concurrency-limit.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

const PASSWORD = 'correct horse battery staple';
const NEXT = 'another horse, another battery';
const ADDRESS = '192.0.2.1';
const CLIENT = { address: ADDRESS, signal: new AbortController().signal };
/** The hash of "pleaseletmein" from RFC 7914, section 12: new hashes have other parameters. */
const OUTDATED =
  '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI';

let redis: Redis;
let accounts: Accounts;
let throttle: Throttle;
let hashOf: Record<string, string>;
beforeAll(async () => {
  redis = connectTo(await startRedis());
  accounts = createAccounts(redis, () => {});
  throttle = createThrottle(redis);
  hashOf = { [PASSWORD]: await hashPassword(PASSWORD), [NEXT]: await hashPassword(NEXT) };
});
beforeEach(() => redis.flushall());

/** Without a wait, unless there is to be one. */
const atOnce = ((task) => task()) as ConcurrencyLimit;

function authenticationWith(parts: Partial<Parameters<typeof createAuthentication>[0]> = {}) {
  return createAuthentication({ accounts, throttle, takeTurn: atOnce, log: () => {}, ...parts });
}

/** `meanwhile` happens while each task waits for its turn. */
function after(meanwhile: () => unknown): ConcurrencyLimit {
  return (async (task: () => Promise<unknown>) => {
    await meanwhile();
    return task();
  }) as ConcurrencyLimit;
}

const create = async (password = PASSWORD, hash = hashOf[password]!): Promise<Account> =>
  (await accounts.create({ name: 'alice', password: hash, addresses: [] }))!;

const change = (account: Account) =>
  accounts.update(account, (current) => ({
    ...current,
    password: hashOf[NEXT]!,
    passwordChangedAt: Date.now(),
  }));

describe('a sign-in that waits for its turn', () => {
  it('is by the password that the account has then', async () => {
    const account = await create();
    const takeTurn = after(() => change(account));
    expect(
      await authenticationWith({ takeTurn }).authenticate('alice', PASSWORD, CLIENT),
    ).toBeNull();
    const proved = await authenticationWith({ takeTurn }).authenticate('alice', NEXT, CLIENT);
    expect(proved?.id).toBe(account.id);
  });

  it('is to the account that has the name then', async () => {
    await create();
    const takeTurn = after(async () => {
      await accounts.remove((await accounts.find('alice'))!);
      await create(NEXT);
    });
    expect(
      await authenticationWith({ takeTurn }).authenticate('alice', PASSWORD, CLIENT),
    ).toBeNull();
    const proved = await authenticationWith({ takeTurn }).authenticate('alice', NEXT, CLIENT);
    expect(proved?.id).toBe((await accounts.find('alice'))!.id);
  });
});

describe('a sign-in that is refused', () => {
  it('for its account waits for no turn', async () => {
    const account = await create();
    const attempt = { name: 'alice', address: '198.51.100.1', account };
    for (let i = 0; i < 11; i++) await throttle.count(attempt);
    await expectRefusedAtOnce('alice');
  });

  it('for its address waits for no turn', async () => {
    for (let i = 0; i < 101; i++) await throttle.countGuess(ADDRESS);
    await expectRefusedAtOnce('nobody');
  });

  async function expectRefusedAtOnce(name: string): Promise<void> {
    const takeTurn = jest.fn();
    const { authenticate } = authenticationWith({ takeTurn: takeTurn as ConcurrencyLimit });
    await expect(authenticate(name, PASSWORD, CLIENT)).rejects.toMatchObject({ status: 429 });
    expect(takeTurn).not.toHaveBeenCalled();
  }
});

describe('an answer to too many', () => {
  it.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [61, '2 minutes'],
    [120, '2 minutes'],
  ])('for %i more seconds says to try again in %s', async (seconds, wait) => {
    const full: Throttle = { ...throttle, countSignUp: () => Promise.resolve(seconds) };
    const { signUp } = authenticationWith({ throttle: full });
    await expect(signUp('alice', PASSWORD, CLIENT)).rejects.toMatchObject({
      message: `too many sign-ups from your address: try again in ${wait}`,
      headers: { 'Retry-After': String(seconds) },
    });
  });
});

describe('a hash that cannot be verified', () => {
  it('is said in the log, with the name of its account', async () => {
    const lines: string[] = [];
    await create(PASSWORD, '$argon3$x$y');
    const { authenticate } = authenticationWith({ log: (line) => void lines.push(line) });
    expect(await authenticate('alice', PASSWORD, CLIENT)).toBeNull();
    expect(lines).toEqual([
      'The password of alice has a hash that this app cannot verify',
      `Sign-in failed: alice from ${ADDRESS}`,
    ]);
  });
});

describe('the work of a sign-in', () => {
  it('is the same for a name without an account, and for a hash that cannot be verified', async () => {
    const { authenticate } = authenticationWith();
    await create();
    await accounts.create({ name: 'unverifiable', password: '$argon3$x$y', addresses: [] });
    await authenticate('alice', NEXT, CLIENT);

    const known = await measureWork(() => authenticate('alice', NEXT, CLIENT));
    for (const name of ['nobody', 'unverifiable'])
      expect(await measureWork(() => authenticate(name, NEXT, CLIENT))).toBeGreaterThan(known / 2);
  });

  /** The time that processors spent on it, however long it waited for one. */
  async function measureWork(action: () => Promise<unknown>): Promise<number> {
    const before = process.cpuUsage();
    await action();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  }
});

describe('a better hash', () => {
  it('is stored also for an owner at a known address, whose addresses stay as they are', async () => {
    const addresses = ['192.0.2.9', ADDRESS].flatMap((each) => withAddress([], each));
    await accounts.create({ name: 'alice', password: OUTDATED, addresses });
    await authenticationWith().authenticate('alice', 'pleaseletmein', CLIENT);
    const stored = (await accounts.find('alice'))!;
    expect(isOutdated(stored.password)).toBe(false);
    expect(stored.addresses).toEqual(addresses);
  });

  it('does not bring back a password that was changed while it was made', async () => {
    const account = await create(PASSWORD, OUTDATED);
    const changedFirst: Accounts = {
      ...accounts,
      async update(...words) {
        await change(account);
        return accounts.update(...words);
      },
    };
    const { authenticate } = authenticationWith({ accounts: changedFirst });
    expect(await authenticate('alice', 'pleaseletmein', CLIENT)).toBeNull();
    expect((await accounts.find('alice'))!.password).toBe(hashOf[NEXT]);
  });
});

describe('the addresses of an owner', () => {
  it('are the eight at which they signed in last', async () => {
    const nine = Array.from({ length: 9 }, (_, i) => `192.0.2.${i}`);
    const all = nine.reduce(withAddress, []);
    expect(all).toHaveLength(8);
    expect(all).toEqual(
      nine
        .slice(1)
        .reverse()
        .flatMap((each) => withAddress([], each)),
    );
  });

  it('have none of them twice', () => {
    const both = withAddress(withAddress([], '192.0.2.1'), '192.0.2.2');
    expect(withAddress(both, '192.0.2.1')).toEqual([...both].reverse());
  });

  it('are added to what the account has by then', async () => {
    const account = await create();
    const elsewhere = { sessionsUntil: 5, addresses: withAddress([], '192.0.2.9') };
    const changedFirst: Accounts = {
      ...accounts,
      async update(...words) {
        await accounts.update(account, (current) => ({ ...current, ...elsewhere }));
        return accounts.update(...words);
      },
    };
    await authenticationWith({ accounts: changedFirst }).authenticate('alice', PASSWORD, CLIENT);
    expect(await accounts.find('alice')).toMatchObject({
      sessionsUntil: 5,
      addresses: withAddress(elsewhere.addresses, ADDRESS),
    });
  });

  it('stay known when another one comes', async () => {
    await create();
    for (const address of ['192.0.2.1', '192.0.2.2'])
      await authenticationWith().authenticate('alice', PASSWORD, { ...CLIENT, address });
    const { addresses } = (await accounts.find('alice'))!;
    expect(addresses).toEqual(['192.0.2.2', '192.0.2.1'].flatMap((each) => withAddress([], each)));
  });
});

describe('a sign-up', () => {
  it('that made the account, but was answered by an error, can be tried again', async () => {
    const account = await create();
    const { signUp } = authenticationWith();
    expect(await signUp('alice', NEXT, CLIENT)).toBeNull();
    expect(await signUp('alice', PASSWORD, CLIENT)).toEqual(account);
  });

  it('to an account that has had a session is none, even by the right password', async () => {
    const account = await create();
    await accounts.update(account, (current) => ({ ...current, sessionsUntil: Date.now() }));
    expect(await authenticationWith().signUp('alice', PASSWORD, CLIENT)).toBeNull();
  });

  it('to an account of an earlier version is none, even by the right password', async () => {
    const { sessionsUntil: _, ...earlier } = await create();
    await redis.set('_app:a:alice', JSON.stringify(earlier));
    expect(await authenticationWith().signUp('alice', PASSWORD, CLIENT)).toBeNull();
  });

  it('whose client leaves counts as a guess, as it may have told that the name is free', async () => {
    const client = new AbortController();
    const takeTurn = after(() => client.abort());
    const { signUp } = authenticationWith({ takeTurn });
    await signUp('alice', PASSWORD, { address: ADDRESS, signal: client.signal });
    for (let i = 0; i < 99; i++) expect(await throttle.countGuess(ADDRESS)).toBe(0);
    expect(await throttle.countGuess(ADDRESS)).toBeGreaterThan(0);
  });
});
