/** Other servers than the one of this machine: those which .ci/fetch-servers could have. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startRedis as startTopology } from '../../src/lab/redis/topologies.ts';
import { readServerInfo } from '../../src/redis/server-info.ts';
import { bound, startApp } from '../support/app.ts';
import { connectTo, startRedis, useServers } from '../support/redis-server.ts';
import { OPERATOR_PASSWORD } from '../support/operator.ts';
import { useKeys, useOperator, useSessions } from '../support/usage.ts';
import { PASSWORD, signUp } from '../support/user.ts';

const ROOT = join(import.meta.dirname, '../..');
const SERVERS = join(ROOT, '.servers');
const TOPOLOGIES = ['standalone', 'sentinel', 'cluster'] as const;

const script = readFileSync(join(ROOT, '.ci/fetch-servers'), 'utf8');
const names = Array.from(script.matchAll(/^fetch (\S+) /gm), ([, name]) => name!);
const isFetched = (name: string) => existsSync(join(SERVERS, name, 'redis-server'));
const missing = names.filter((name) => !isFetched(name));

it('knows the servers that docs/redis.md names', () => {
  expect(names).toEqual(['redis-6.0', 'redis-8.0', 'valkey-8.1']);
});

if (missing.length > 0)
  it.skip.each(missing)(
    'the redis-server %s: skipped, as .ci/fetch-servers could not fetch it',
    () => {},
  );

describe.each(['of this machine', ...names.filter(isFetched)])('the redis-server %s', (name) => {
  const { PATH } = process.env;
  let credentials: Record<(typeof TOPOLOGIES)[number], object>;
  beforeAll(async () => {
    process.env.PATH = [join(SERVERS, name), PATH].join(delimiter);
    const services = await Promise.all(TOPOLOGIES.map(startService));
    credentials = Object.fromEntries(services) as typeof credentials;
  });
  afterAll(() => {
    process.env.PATH = PATH;
  });

  async function startService(topology: (typeof TOPOLOGIES)[number]) {
    const { credentials } = await startTopology(topology, await useServers());
    return [topology, credentials] as const;
  }

  it.each(TOPOLOGIES)('serves as %s', async (topology) => {
    const env = { ...bound(credentials[topology]), OPERATOR_PASSWORD };
    const app = await startApp(env);

    await useKeys(app);
    await useSessions(app, await startApp(env));
    if (topology === 'standalone') await useOperator(app);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({ topology, error: null });
    expect(body.redis.server.version).toBe(versionOf(name));
  });

  it('is asked for nothing at the connection that a user with few rights may not do', async () => {
    const server = await startRedis();
    const admin = connectTo(server);
    await admin.acl('SETUSER', 'default', '-client', '-hello');
    const app = await startApp(bound({ host: server.host, port: server.port }));

    await app.http.get('/foo').expect(404);
    expect(await admin.acl('LOG')).toEqual([]);
  });

  it('says when it is full, and keeps what it has', async () => {
    const { host, port } = await startRedis();
    const app = await startApp(bound({ host, port }));
    expect((await readServerInfo(app.redis!.client)).version).toBe(versionOf(name));
    const browser = await signUp(app);
    const write = (data: string) =>
      browser.at(app).put('/session/data/color').type('form').send({ data });
    await write('blue').expect(201);
    await app.redis!.client.config('SET', 'maxmemory', '1');

    await app.http.put('/foo').type('form').send({ data: 'bar' }).expect(507);
    await write('red').expect(507);
    await browser.at(app).get('/session/data').expect(200, { color: 'blue' });
  });

  it('lets nobody sign up or in while it is full, and keeps nothing of the attempt', async () => {
    const server = await startRedis();
    const redis = connectTo(server);
    const app = await startApp(bound({ host: server.host, port: server.port }));
    const browser = await signUp(app);
    const keys = async () => (await redis.keys('_app:[asu]:*')).sort();
    const before = await keys();
    const post = (path: string, username: string) =>
      app.http.post(`/session/${path}`).send({ username, password: PASSWORD });
    await redis.config('SET', 'maxmemory', '1');

    await post('sign-up', 'new').expect(507, /^Redis is full, and nothing was stored/);
    await post('sign-in', browser.user).expect(507, /^Redis is full, and nothing was stored/);
    expect(await keys()).toEqual(before);
    await browser.at(app).get('/session/me').expect(200);
    await browser.at(app).get('/session/list').expect(200);
    await browser.at(app).post('/session/sign-out-everywhere').expect(200, { ended: 1 });
    await redis.config('SET', 'maxmemory', '0');
    await post('sign-up', 'new').expect(201);
    await post('sign-in', browser.user).expect(200);
  });
});

/** As the program tells it; of those that were fetched, it begins as their names tell. */
function versionOf(name: string): string {
  const said = execFileSync('redis-server', ['--version'], { env: process.env, encoding: 'utf8' });
  const version = /v=(\S+)/.exec(said)![1]!;
  const [, release = ''] = name.split('-');
  if (!version.startsWith(release)) throw new Error(`${name} is a ${version}`);
  return version;
}
