/** Hashes of passwords: made, verified and replaced. */
import type { Account } from '../../src/accounts/accounts.ts';
import {
  createDecoy,
  createHashingLimit,
  derivePasswordId,
  hashPassword,
  isOutdated,
  isVerifiable,
  PREFERRED as HASHING,
  verifyPassword,
} from '../../src/accounts/passwords.ts';
import { accountKey } from '../../src/redis/names.ts';
import { bound, startApp } from '../support/app.ts';
import { startProgram } from '../support/program.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

const PASSWORD = 'correct horse battery staple';

/** The hash of "pleaseletmein" from RFC 7914, section 12. */
const SCRYPT =
  '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI';
/** A hash of "password" by another algorithm. */
const ARGON2ID =
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

const PREFERRED = '$scrypt$ln=15,r=8,p=3';

/** The same hash with another salt. */
const withSalt = (bytes: number) =>
  SCRYPT.replace(/\$[^$]+(\$[^$]+)$/, `$$${Buffer.alloc(bytes, 'salt').toString('base64')}$1`);

describe('a hash', () => {
  let phc: string;
  beforeAll(async () => {
    phc = await hashPassword(PASSWORD);
  });

  it('is a PHC string by scrypt, whatever the release of Node.js', () => {
    const [parameters, salt, key] = [...phc.matchAll(/^(.+)\$(.+)\$(.+)$/g)][0]!.slice(1);
    expect(parameters).toBe(PREFERRED);
    expect(salt).toMatch(/^[A-Za-z0-9+/]{22}$/);
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}$/);
    expect(isOutdated(phc)).toBe(false);
  });

  it('is that of the password, and of no other', async () => {
    expect(await verifyPassword(PASSWORD, phc)).toBe(true);
    expect(await verifyPassword(`${PASSWORD} `, phc)).toBe(false);
    expect(await verifyPassword(PASSWORD.toUpperCase(), phc)).toBe(false);
    expect(await verifyPassword('', phc)).toBe(false);
  });

  it('has a salt of its own', async () => {
    expect(await hashPassword(PASSWORD)).not.toBe(phc);
  });

  it('is the same however a keyboard puts characters together', async () => {
    const composed = await hashPassword('Ångström 5km'.normalize('NFC'));

    expect(await verifyPassword('Ångström 5km'.normalize('NFD'), composed)).toBe(true);
    expect(await verifyPassword('Ångström ５㎞', composed)).toBe(true);
    expect(await verifyPassword('Angstrom 5km', composed)).toBe(false);
  });
});

describe('a hash from elsewhere', () => {
  it('by scrypt is verified with its own parameters', async () => {
    expect(await verifyPassword('pleaseletmein', SCRYPT)).toBe(true);
    expect(await verifyPassword('pleaseletmeout', SCRYPT)).toBe(false);
    expect(await verifyPassword('pleaseletmein', SCRYPT.replace('ln=14', 'ln=13'))).toBe(false);
  });

  it('by scrypt is verified also with the least parameters that there are', async () => {
    const phc = await hashPassword(PASSWORD, { N: 2, r: 1, p: 8 });
    expect(await verifyPassword(PASSWORD, phc)).toBe(true);
    expect(await verifyPassword(`${PASSWORD}!`, phc)).toBe(false);
  });

  it.each([
    '$2b$10$c29tZXNhbHQ$a2V5',
    '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$a2V5',
    ARGON2ID,
    'plain',
  ])('by another algorithm, like %s, is refused', async (phc) => {
    expect(isVerifiable(phc)).toBe(false);
    expect(await verifyPassword('password', phc)).toBe(false);
  });

  it.each([
    ['memory', SCRYPT.replace('ln=14', 'ln=30')],
    ['memory in blocks', SCRYPT.replace('r=8', 'r=99')],
    ['twice the memory', SCRYPT.replace('ln=14', 'ln=17')],
    ['passes', SCRYPT.replace('p=1', 'p=9')],
    ['no passes', SCRYPT.replace('p=1', 'p=0')],
    ['no blocks', SCRYPT.replace('r=8', 'r=0')],
    ['nothing as a number', SCRYPT.replace('ln=14', 'ln=0')],
    ['more memory than its blocks allow', SCRYPT.replace('ln=14,r=8', 'ln=16,r=1')],
    ['a short key', SCRYPT.slice(0, -10)],
    ['a long key', `${SCRYPT}AAAA`],
    ['something behind its key', `${SCRYPT}$AAAA`],
    ['something in front of it', `x${SCRYPT}`],
    ['no key', SCRYPT.replace(/[^$]+$/, '')],
    ['a short salt', withSalt(7)],
    ['no salt', SCRYPT.replace(/\$[^$]+(\$[^$]+)$/, '$$$1')],
    ['neither salt nor key', SCRYPT.replace(/\$[^$]+\$[^$]+$/, '$$$$')],
  ])('with an absurd parameter, %s, is not computed', async (_what, phc) => {
    expect(isVerifiable(phc)).toBe(false);
    expect(await verifyPassword('pleaseletmein', phc)).toBe(false);
  });

  it.each([
    ['64 MiB', SCRYPT.replace('ln=14', 'ln=16')],
    ['8 passes', SCRYPT.replace('p=1', 'p=8')],
    ['a salt of 8 bytes', withSalt(8)],
  ])('is verifiable with %s, the most or the least of it', (_what, phc) => {
    expect(isVerifiable(phc)).toBe(true);
  });

  it('is computed also with 64 MiB', async () => {
    expect(await verifyPassword('pleaseletmein', SCRYPT.replace('ln=14', 'ln=16'))).toBe(false);
  });

  it.each([SCRYPT, ARGON2ID, SCRYPT.replace('ln=14', 'ln=15')])('is outdated: %s', (phc) => {
    expect(isOutdated(phc)).toBe(true);
  });
});

describe('the id of a password', () => {
  const QUICK = { N: 2, r: 1, p: 1 };

  it('is the same each time, that of no other password, and costs the work of a hash', async () => {
    const id = await derivePasswordId(PASSWORD, QUICK);
    expect(id).toMatch(/^[A-Za-z0-9+/]{22}$/);
    expect(await derivePasswordId(PASSWORD, QUICK)).toBe(id);
    expect(await derivePasswordId(`${PASSWORD}!`, QUICK)).not.toBe(id);
    expect(await derivePasswordId(PASSWORD, { ...QUICK, N: 4 })).not.toBe(id);
  });
});

describe('hashes', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('are made two at a time, and one that has waited for 20 seconds is refused', async () => {
    const takeTurn = createHashingLimit();
    const hash = jest.fn(() => new Promise<string>(() => {}));
    const [, , third] = [1, 2, 3].map(() => takeTurn(hash));
    expect(hash).toHaveBeenCalledTimes(2);

    const refused = jest.fn();
    third!.catch(refused);
    await jest.advanceTimersByTimeAsync(19_999);
    expect(refused).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(refused).toHaveBeenCalledWith(
      expect.objectContaining({
        status: 503,
        message: 'too many sign-ins at a time: try again later',
      }),
    );
    expect(hash).toHaveBeenCalledTimes(2);
  });
});

describe('the decoy', () => {
  it('takes the work of a hash, and is that of no password', async () => {
    const decoy = createDecoy();

    expect(decoy.startsWith(`${PREFERRED}$`)).toBe(true);
    expect(decoy).toHaveLength((await hashPassword(PASSWORD)).length);
    expect(createDecoy()).not.toBe(decoy);
    expect(await verifyPassword('', decoy)).toBe(false);
  });
});

describe('the program', () => {
  it('makes hashes of the whole work', async () => {
    const server = await startRedis();
    const { url } = await startProgram(bound({ host: server.host, port: server.port }));
    const body = new URLSearchParams({ username: 'alice', password: PASSWORD });
    await fetch(`${url}/session/sign-up`, { method: 'POST', body });

    const { password } = JSON.parse((await connectTo(server).get(accountKey('alice')))!) as Account;
    expect(password.startsWith(`${PREFERRED}$`)).toBe(true);
  });
});

describe('a hash that cannot be verified', () => {
  it('is answered as a wrong password', async () => {
    const server = await startRedis();
    const app = await startApp(bound({ host: server.host, port: server.port }), HASHING);
    const password = SCRYPT.replace(/\$[^$]+\$[^$]+$/, '$$$$');
    const account = { name: 'alice', password, addresses: [] };
    await connectTo(server).set(accountKey('alice'), JSON.stringify(account));
    const login = { username: 'alice', password: 'pleaseletmein' };
    await app.http
      .post('/session/sign-in')
      .send(login)
      .expect(401, 'the user name or the password is wrong');
  });
});

describe('an outdated hash', () => {
  it('is made anew when its owner signs in, and only then', async () => {
    const server = await startRedis();
    const redis = connectTo(server);
    const app = await startApp(bound({ host: server.host, port: server.port }), HASHING);
    const signIn = (password: string) =>
      app.http.post('/session/sign-in').send({ username: 'alice', password });
    const read = async (): Promise<Account> =>
      JSON.parse((await redis.get(accountKey('alice')))!) as Account;
    const old = { name: 'alice', password: SCRYPT, addresses: [] };
    await redis.set(accountKey('alice'), JSON.stringify(old));

    await signIn('wrong password').expect(401);
    expect(await read()).toEqual(old);
    await signIn('pleaseletmein').expect(200);
    const { password } = await read();
    expect(isOutdated(password)).toBe(false);
    await signIn('wrong password').expect(401);
    await signIn('pleaseletmein').expect(200);
    expect((await read()).password).toBe(password);
  });
});
