/** Accounts of other versions of the app, and what other hands have left in their place. */
import type { Redis } from 'ioredis';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

const PASSWORD = 'correct horse battery staple';
const KEY = '_app:a:alice';

let redis: Redis;
let start: () => Promise<App>;
let a: App;
let b: App;
beforeAll(async () => {
  const server = await startRedis();
  redis = connectTo(server);
  start = () => startApp(bound({ host: server.host, port: server.port }));
  [a, b] = [await start(), await start()];
});
beforeEach(() => redis.flushall());

const post = (path: string, app = a) =>
  app.http.post(`/session/${path}`).send({ username: 'alice', password: PASSWORD });
const readId = async () => JSON.parse((await redis.get(KEY))!).id;

async function storeAccount(more: object = {}): Promise<void> {
  const account = { name: 'alice', password: await hashPassword(PASSWORD), addresses: [], ...more };
  await redis.set(KEY, JSON.stringify(account));
}

describe('an account', () => {
  it('has a random id, which its sessions have too', async () => {
    await post('sign-up').expect(201);
    const id = await readId();
    expect(id).toMatch(/^[\w-]{22}$/);
    const [record] = await redis.keys('_app:s:*');
    expect(JSON.parse((await redis.get(record!))!).at(-1)).toBe(id);

    await post('delete-account').expect(200);
    await post('sign-up').expect(201);
    expect(await readId()).not.toBe(id);
  });

  it('of the version before gets an id at its next right sign-in, one for all instances', async () => {
    await storeAccount();
    await post('sign-in').send({ password: 'it is wrong' }).expect(401);
    expect(await readId()).toBeUndefined();
    const answers = await Promise.all([a, b, a, b].map((app) => post('sign-in', app).expect(200)));

    const id = await readId();
    expect(id).toMatch(/^[\w-]{22}$/);
    const cookie = answers[0]!.headers['set-cookie']![0]!.split(';')[0]!;
    const { body } = await a.http.get('/session/list').set('Cookie', cookie).expect(200);
    expect(body).toHaveLength(4);
    await post('delete-account').expect(200);
    expect(await redis.keys('_app:[asu]:*')).toEqual([]);
  });

  it('of a later version keeps what this one does not know', async () => {
    await storeAccount({ id: 'id-of-alice', recovery: { codes: [] } });
    await post('sign-in').expect(200);

    const stored = JSON.parse((await redis.get(KEY))!);
    expect(stored).toMatchObject({ id: 'id-of-alice', recovery: { codes: [] } });
    expect(stored.addresses).toHaveLength(1);
  });
});

describe('a sign-up whose session cannot begin', () => {
  afterEach(() => redis.acl('SETUSER', 'default', '+@all'));

  it('leaves nothing, so that its user can try again', async () => {
    await redis.acl('SETUSER', 'default', '-pexpireat');
    await post('sign-up').expect(503);
    expect(await redis.keys('_app:[asu]:*')).toEqual([]);

    await redis.acl('SETUSER', 'default', '+@all');
    await post('sign-up').expect(201);
  });
});

describe('a sign-in whose session cannot begin', () => {
  afterEach(() => redis.acl('SETUSER', 'default', '+@all'));

  it('leaves no session, neither its record nor its place in the list', async () => {
    await post('sign-up').expect(201);
    await redis.acl('SETUSER', 'default', '-pexpireat');
    await post('sign-in').expect(503);

    expect(await redis.keys('_app:s:*')).toHaveLength(1);
    const index = await redis.zrange(`_app:u:${await readId()}`, 0, '-1');
    expect(index.filter((member) => member !== 'kept')).toHaveLength(1);
  });
});

describe('what is no account', () => {
  it.each([
    ['no JSON', () => redis.set(KEY, 'junk')],
    ['null', () => redis.set(KEY, 'null')],
    ['a number', () => redis.set(KEY, '5')],
    ['a list', () => redis.set(KEY, '[]')],
    ['an account without a password', () => redis.set(KEY, '{"name":"alice","addresses":[]}')],
    ['one with another id', () => storeAccount({ id: 5 })],
    ['one with a name that is no text', () => storeAccount({ name: 5 })],
    ['one with other addresses', () => storeAccount({ addresses: 'none' })],
    ['one with an address that is no text', () => storeAccount({ addresses: [5] })],
    ['one whose password changed at no time', () => storeAccount({ passwordChangedAt: null })],
    ['one whose sessions end at no time', () => storeAccount({ sessionsUntil: 'never' })],
    ['one with a hash that is none', () => storeAccount({ password: '$scrypt$ln=99,r=8,p=1$a$b' })],
    ['a key of another type', () => redis.rpush(KEY, 'junk')],
  ])('lets nobody in when it is %s, and keeps its name', async (_what, store) => {
    await store();
    const before = await redis.dump(KEY);
    await post('sign-in').expect(401, 'the user name or the password is wrong');
    await post('delete-account').expect(401);
    await post('sign-up').expect(409, 'the user name is taken');
    expect(await redis.dump(KEY)).toBe(before);
  });

  it('is logged once, without its content', async () => {
    await redis.set(KEY, 's3cret');
    const fresh = await start();
    for (let i = 0; i < 3; i++) await post('sign-in', fresh).expect(401);

    const lines = fresh.lines.filter((line) => line.includes('cannot be read'));
    expect(lines).toEqual([
      `The account under ${KEY} cannot be read: sign-ins to it are refused, and its name stays taken`,
    ]);
    expect(fresh.lines.join()).not.toContain('s3cret');
  });

  it('is logged for each such account', async () => {
    const lines: string[] = [];
    const { find } = createAccounts(redis, (line) => void lines.push(line));
    for (const name of ['alice', 'bob']) await redis.set(`_app:a:${name}`, 'junk');
    for (const name of ['alice', 'bob', 'alice']) expect(await find(name)).toBeNull();

    expect(lines).toEqual(
      ['alice', 'bob'].map((name) => expect.stringContaining(`under _app:a:${name} cannot`)),
    );
  });
});
