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
import { startRedis } from '../support/redis-server.ts';
import { useKeys, useSessions } from '../support/usage.ts';
import { signUp } from '../support/user.ts';

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
});

/** Of those that were fetched, as their names tell; of another, nothing is expected. */
function releaseOf(name: string): string {
  return name.split('-')[1] ?? '';
}
