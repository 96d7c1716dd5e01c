/** Every topology of Redis that a foundry starts, with the very app in front of it. */
import { readdir } from 'node:fs/promises';
import { isHanging, isRunning, listChildren, ROOT } from '../../support/lab.ts';
import { until } from '../../support/until.ts';
import { keepAsking, useFoundries } from './support.ts';

const foundries = useFoundries();

/** Three Sentinels, or the nodes of a Cluster, need some seconds to find each other. */
jest.setTimeout(60_000);

const KILLED = /^redis\/0 was killed, and redis\/\d took its writes after \d+\.\d seconds\./;

describe.each([
  {
    name: 'standalone',
    servers: 1,
    redis: { topology: 'standalone', tls: false },
    replicas: 0,
    failOver: /^This Redis is one server: nothing could take over/,
  },
  {
    name: 'tls',
    servers: 1,
    redis: { topology: 'standalone', tls: true },
    replicas: 0,
    failOver: /^This Redis is one server: nothing could take over/,
  },
  {
    name: 'replicated',
    servers: 3,
    redis: { topology: 'replicated', reader: { host: '127.0.0.1', port: expect.any(Number) } },
    replicas: 2,
    failOver: /^The binding names this primary by its address/,
  },
  {
    name: 'sentinel',
    servers: 6,
    redis: { topology: 'sentinel', masterName: 'redis-master' },
    replicas: 2,
    failOver: KILLED,
  },
  { name: 'cluster', servers: 6, redis: { topology: 'cluster' }, replicas: 3, failOver: KILLED },
])('npm run foundry -- --redis $name', ({ name, servers, redis, replicas, failOver }) => {
  let foundry: Awaited<ReturnType<typeof foundries.start>>;
  beforeAll(async () => {
    const args = ['--redis', name, '--instances', '2', '--cpu', '0']; // without a limit, it starts sooner
    foundry = await foundries.start({ args, cwd: ROOT });
  });

  it('stores keys', async () => {
    await fetch(`${foundry.url}/color`, form('PUT', { data: 'blue' }));
    expect(await (await fetch(`${foundry.url}/color`)).text()).toBe('blue');
  });

  it('keeps a login that both instances know', async () => {
    const cookie = await signUp(foundry.url, 'alice');
    expect(await untilServedByAnother(foundry.url, cookie)).toBe('alice');
  });

  it('is what the app says that it is', async () => {
    const said = await readRedis(foundry.url);
    expect(said).toMatchObject({ ...redis, server: { role: 'primary' } });
    expect(said.server.replicas).toHaveLength(replicas);
    expect(said.lastFailover).toBeNull();
  });

  it('rotates the credentials without losing a request or a login', async () => {
    const cookie = await signUp(foundry.url, 'nora');
    const load = keepAsking(`${foundry.url}/color`, 50);
    await load.answered();

    const { code, said } = await foundry.command('rotate');

    await load.answered();
    expect((await load.stop()).failures).toEqual([]);
    expect(said).toMatch(/^All instances have another password of Redis/);
    expect(code).toBe(0);
    expect(await untilServedByAnother(foundry.url, cookie)).toBe('nora');
  });

  it('fails over while everybody stays signed in, or says why it cannot', async () => {
    // In a Cluster, some of them have their session at the primary that goes
    const names = ['ann', 'bob', 'eve', 'joe', 'kim', 'lea'];
    const cookies = await Promise.all(names.map((each) => signUp(foundry.url, each)));

    const { code, said } = await foundry.command('fail-over');

    expect(said).toMatch(failOver);
    expect(code).toBe(failOver === KILLED ? 0 : 1);
    const found = await Promise.all(cookies.map((cookie) => untilSignedIn(foundry.url, cookie)));
    expect(found).toEqual(names);
    if (failOver === KILLED) {
      await foundry.prints(/redis\/0 is back/);
      await untilShowsFailover(foundry.url, replicas);
    }
  });

  it('leaves nothing behind, not even during an outage', async () => {
    const children = listChildren(foundry.pid);
    expect(children).toHaveLength(servers + 3); // two instances and the router
    const outage = foundry.command('outage 60');
    const sentinels = name === 'sentinel' ? 3 : 0;
    await until('all of Redis but the Sentinels hangs', () => {
      return children.filter(isHanging).length === servers - sentinels;
    });

    foundry.signal('SIGTERM');

    expect(await foundry.ended).toBe(0);
    expect(await outage).toEqual({ code: 1, said: 'The foundry stops.\n' });
    expect(children.filter(isRunning)).toEqual([]);
    expect(await readdir(foundries.directory)).toEqual([]);
  });
});

/** Returns the cookie. */
async function signUp(url: string, username: string): Promise<string> {
  const fields = { username, password: 'correct horse battery staple' };
  const response = await fetch(`${url}/session/sign-up`, form('POST', fields));
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}

/** The router takes turns. Resolves to the user. */
async function untilServedByAnother(url: string, cookie: string): Promise<string> {
  return until('an answer of another instance', async () => {
    const response = await fetch(`${url}/session/me`, { headers: { cookie } });
    const me = await response.json();
    return me.servedBy.guid === me.signedInBy.guid ? null : (me.user as string);
  });
}

/** Redis may be away for now, but no user may be signed out. Resolves to the user. */
async function untilSignedIn(url: string, cookie: string): Promise<string> {
  return until('an answer that is not 503', async () => {
    const response = await fetch(`${url}/session/me`, { headers: { cookie } });
    const said = await response.text();
    return response.status === 503 ? null : (JSON.parse(said).user as string);
  });
}

/** With another primary, and with as many replicas as before. */
async function untilShowsFailover(url: string, replicas: number): Promise<void> {
  await until(`the failover, and ${replicas} replicas`, async () => {
    const { lastFailover, server } = await readRedis(url);
    const primaries = server?.primaries.map(({ port }: { port: number }) => `127.0.0.1:${port}`);
    const isShown = lastFailover && primaries?.includes(lastFailover.to);
    return isShown && server.replicas.length === replicas;
  });
}

async function readRedis(url: string) {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  return (await response.json()).redis;
}

function form(method: string, fields: Record<string, string>): RequestInit {
  return { method, body: new URLSearchParams(fields) };
}
