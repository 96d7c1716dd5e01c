/** Every topology with real processes: the key routes work, and GET / says what it is. */
import { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import {
  PASSWORD,
  SENTINEL_PASSWORD,
  startCluster,
  startReplicated,
  startSentinels,
} from '../support/topologies.ts';

const HOST = '127.0.0.1';

describe('Sentinel', () => {
  it('finds the primary, with a password for Sentinel and one for Redis', async () => {
    const { primary, sentinels } = await startSentinels('my-master');
    const nodes = sentinels.map(({ port }) => ({ host: HOST, port }));
    const app = await startApp(
      bound({
        master_name: 'my-master',
        password: PASSWORD,
        sentinel_password: SENTINEL_PASSWORD,
        sentinels: nodes,
      }),
    );

    await useKeys(app);
    expect(await readRedis(app)).toMatchObject({
      topology: 'sentinel',
      nodes,
      masterName: 'my-master',
      reader: null,
      server: { role: 'primary' },
      error: null,
    });
    const direct = new Redis({ port: primary.port, password: PASSWORD });
    stopAtEnd(() => direct.quit());
    expect(await direct.get('key-7')).toBe('value-7');
  });

  it('is explained when none of the sentinels answers', async () => {
    const app = await startApp(bound({ master_name: 'm', sentinels: [{ host: HOST, port: 1 }] }));

    const began = performance.now();
    await app.http.get('/foo').expect(503, /has no Sentinel that answers/);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(app.lines).toHaveLength(1);
  });
});

describe('Cluster', () => {
  it('reaches the keys of all primaries', async () => {
    const servers = await startCluster();
    const nodes = [{ host: HOST, port: servers[0]!.port }];
    const app = await startApp(
      bound({ hostname: HOST, port: servers[0]!.port, password: PASSWORD, cluster_mode: true }),
    );

    await useKeys(app);
    expect(await readRedis(app)).toMatchObject({
      topology: 'cluster',
      nodes,
      server: { role: 'primary' },
      error: null,
    });
    for (const { port } of servers) {
      const direct = new Redis({ port, password: PASSWORD });
      stopAtEnd(() => direct.quit());
      expect(await direct.dbsize()).toBeGreaterThan(0);
    }
    await app.http.get('/config/maxmemory-policy').expect(200, 'noeviction');
  });

  it('answers 503 within a second when it is away', async () => {
    const app = await startApp(bound({ host: HOST, port: 1, cluster_mode: true }));

    const began = performance.now();
    await app.http.get('/foo').expect(503, /^Redis /);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('a primary with a reader endpoint', () => {
  it('is written to and read from at the primary', async () => {
    const { primary, replica } = await startReplicated();
    const app = await startApp(
      bound({
        host: HOST,
        port: primary.port,
        password: PASSWORD,
        reader_endpoint: `${HOST}:${replica.port}`,
      }),
    );

    await useKeys(app);
    expect(await readRedis(app)).toMatchObject({
      topology: 'replicated',
      nodes: [{ host: HOST, port: primary.port }],
      reader: { host: HOST, port: replica.port },
      server: { role: 'primary' },
      error: null,
    });
  });
});

async function useKeys(app: App): Promise<void> {
  for (let i = 0; i < 20; i++) {
    const put = app.http.put(`/key-${i}`).type('form');
    await put.send(`data=value-${i}`).expect(201, 'success');
    await app.http.get(`/key-${i}`).expect(200, `value-${i}`);
  }
  await app.http.delete('/key-0').expect(200, 'success');
  await app.http.get('/key-0').expect(404);
}

async function readRedis(app: App) {
  const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
  return body.redis;
}
