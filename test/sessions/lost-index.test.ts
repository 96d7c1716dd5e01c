/** A Redis that evicts keys: the index of an account's sessions may go, and the sessions stay. */
import type { Redis } from 'ioredis';
import { handleOf } from '../../src/sessions/record.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { PASSWORD as CLUSTER_PASSWORD, startCluster } from '../support/topologies.ts';
import { accountIdOf, type Browser, PASSWORD, signIn, signUp } from '../support/user.ts';

let server: RedisServer;
let redis: Redis;
let app: App;
beforeAll(async () => {
  server = await startRedis();
  redis = connectTo(server);
  app = await start();
});

function start(env: Record<string, string> = {}): Promise<App> {
  return startApp({ ...bound({ host: server.host, port: server.port }), ...env });
}

const indexOf = async ({ user }: Browser) => `_app:u:${await accountIdOf(redis, user)}`;
const evictIndex = async (browser: Browser) => redis.del(await indexOf(browser));
const me = (browser: Browser) => browser.at(app).get('/session/me');
const post = (browser: Browser, path: string) => browser.at(app).post(`/session/${path}`);
const credentials = ({ user }: Browser) => ({ username: user, password: PASSWORD });

describe('a sign-out everywhere', () => {
  it('finds all sessions when the index was evicted', async () => {
    const bystander = await signUp(app);
    const mine = await signUp(app);
    const stolen = await signIn(app, mine.user);
    await evictIndex(mine);

    await post(mine, 'sign-out-everywhere').expect(200, { ended: 2 });
    for (const browser of [mine, stolen]) await me(browser).expect(401);
    await me(bystander).expect(200);
  });

  it('finds those from before when a sign-in since has begun another index', async () => {
    const stolen = await signUp(app);
    await evictIndex(stolen);
    const mine = await signIn(app, stolen.user);

    await post(mine, 'sign-out-everywhere').expect(200, { ended: 2 });
    await me(stolen).expect(401);
  });

  it('finds those from before when the session that asks has another id since', async () => {
    const stolen = await signUp(app);
    const mine = await signIn(app, stolen.user);
    await evictIndex(mine);
    const next = `${PASSWORD}!`;
    const fields = { ...credentials(mine), 'new-password': next };
    await post(mine, 'change-password').send(fields).expect(200, { user: mine.user, ended: 1 });
    await me(stolen).expect(401);
  });

  it('finds those whose place in the index a failover has lost, the own one among them', async () => {
    const before = await signUp(app);
    const lost = [await signIn(app, before.user), await signIn(app, before.user)];
    const handles = lost.map(({ cookie }) => handleOf(cookie.split('=')[1]!));
    expect(await redis.zrem(await indexOf(before), ...handles)).toBe(2);

    await post(lost[0]!, 'sign-out-everywhere').expect(200, { ended: 3 });
    await me(lost[1]!).expect(401);
  });

  it('finds them on all primaries of a Cluster', async () => {
    const { primaries } = await startCluster();
    const [{ host, port }] = primaries as [RedisServer];
    const credentials = { host, port, password: CLUSTER_PASSWORD, cluster_mode: true };
    const onCluster = await startApp(bound(credentials));
    const mine = await signUp(onCluster);
    const others = [1, 2, 3, 4].map(() => signIn(onCluster, mine.user));
    await Promise.all(others);
    const cluster = onCluster.redis!.client;
    const { id } = JSON.parse((await cluster.get(`_app:a:${mine.user}`))!);
    expect(await cluster.del(`_app:u:${id}`)).toBe(1);

    const everywhere = mine.at(onCluster).post('/session/sign-out-everywhere');
    await everywhere.expect(200, { ended: 5 });
    for (const other of await Promise.all(others))
      await other.at(onCluster).get('/session/me').expect(401);
  });

  it('looks through no more than the index when that was never lost', async () => {
    const first = await signUp(app);
    await post(first, 'sign-out').expect(200, { ended: 1 });
    const second = await signIn(app, first.user);
    await signIn(app, first.user);
    const everywhere = () => post(second, 'sign-out-everywhere').expect(200, { ended: 2 });
    expect(await countCommands(redis, everywhere)).not.toHaveProperty('scan');
    const third = await signIn(app, first.user);
    const again = () => post(third, 'sign-out-everywhere').expect(200, { ended: 1 });
    expect(await countCommands(redis, again)).not.toHaveProperty('scan');
  });

  it('looks for sessions that were lost once, and not again when all of them have ended', async () => {
    const lost = await signUp(app);
    await evictIndex(lost);
    const mine = await signIn(app, lost.user);
    const everywhere = () => post(mine, 'sign-out-everywhere').expect(200, { ended: 2 });
    expect(await countCommands(redis, everywhere)).toHaveProperty('scan');

    const next = await signIn(app, lost.user);
    const again = () => post(next, 'sign-out-everywhere').expect(200, { ended: 1 });
    expect(await countCommands(redis, again)).not.toHaveProperty('scan');
  });

  it('is an error when Redis does not let it look', async () => {
    const mine = await signUp(app);
    const stolen = await signIn(app, mine.user);
    await evictIndex(mine);
    await redis.acl('SETUSER', 'default', '-scan');
    await post(mine, 'sign-out-everywhere').expect(503, /right to run SCAN/);
    await redis.acl('SETUSER', 'default', '+@all');
    await me(stolen).expect(200);
  });
});

describe('a deletion of the account', () => {
  it('finds all sessions when the index was evicted', async () => {
    const stolen = await signUp(app);
    await evictIndex(stolen);
    await app.http.post('/session/delete-account').send(credentials(stolen)).expect(200);
    await me(stolen).expect(401);
  });
});

describe('a name whose account was evicted', () => {
  it('gives its next owner none of the old sessions', async () => {
    const old = await signUp(app);
    await redis.del(`_app:a:${old.user}`);
    const next = await signUp(app, old.user);

    const { body } = await next.at(app).get('/session/list').expect(200);
    expect(body).toMatchObject([{ current: true }]);
    await post(next, 'sign-out-everywhere').expect(200, { ended: 1 });
    await post(old, 'sign-out-everywhere').expect(200, { ended: 1 });
  });
});

describe('a list of sessions', () => {
  it('shows sessions alone, also beside one that was lost', async () => {
    const lost = await signUp(app);
    await evictIndex(lost);
    const mine = await signIn(app, lost.user);
    const { body } = await mine.at(app).get('/session/list').expect(200);
    expect(body).toMatchObject([{ current: true }]);
    for (const member of ['kept', 'lost'])
      await mine.at(app).delete(`/session/list/${member}`).expect(404, 'no such session');
  });
});

describe('an index', () => {
  it('lives as long as its longest session, whatever the timeouts are later', async () => {
    const long = await signUp(app);
    const short = await start({ SESSION_ABSOLUTE_TIMEOUT: '60', SESSION_IDLE_TIMEOUT: '60' });
    await signIn(short, long.user);

    expect(await redis.pttl(await indexOf(long))).toBeGreaterThan(11 * 60 * 60_000);
  });
});
