/** Other servers than the one of this machine: those which .ci/fetch-servers could have. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { silence } from '../../src/foundry/output.ts';
import { createServers } from '../../src/foundry/redis/servers.ts';
import { startRedis as startTopology } from '../../src/foundry/redis/service.ts';
import { bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import { useKeys, useSessions } from '../support/usage.ts';
import { PASSWORD, signUp } from '../support/user.ts';

const SERVERS = join(import.meta.dirname, '../../.servers');
const fetched = existsSync(SERVERS) ? readdirSync(SERVERS) : [];
const able = fetched.filter((name) => existsSync(join(SERVERS, name, 'redis-server')));

describe.each(['of this machine', ...able])('the redis-server %s', (name) => {
  const { PATH } = process.env;
  beforeAll(() => {
    silence();
    process.env.PATH = [join(SERVERS, name), PATH].join(delimiter);
  });
  afterAll(() => {
    process.env.PATH = PATH;
  });

  it.each(['standalone', 'sentinel', 'cluster'] as const)('serves as %s', async (topology) => {
    const servers = createServers(await mkdtemp(join(tmpdir(), 'redis-')));
    stopAtEnd(() => servers.stop());
    const { credentials } = await startTopology(topology, servers);
    const app = await startApp(bound(credentials));

    await useKeys(app);
    await useSessions(app, await startApp(bound(credentials)));
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({ topology, error: null });
    expect(body.redis.server.version).toContain(releaseOf(name));
  });

  it('says when it is full, and keeps what it has', async () => {
    const { host, port } = await startRedis();
    const app = await startApp(bound({ host, port }));
    const browser = await signUp(app);
    const write = (data: string) =>
      browser.at(app).put('/session/data/color').type('form').send({ data });
    await write('blue').expect(201);
    await app.link.client!.config('SET', 'maxmemory', '1');

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

/** Of those that were fetched, as their names tell; of another, nothing is expected. */
function releaseOf(name: string): string {
  return name.split('-')[1] ?? '';
}
