/** Every topology with real processes: keys and logins work, and GET / says what it is. */
import { type App, bound, startApp } from '../support/app.ts';
import {
  connectWithPassword,
  createEncryption,
  type Encryption,
  PASSWORD,
  SENTINEL_PASSWORD,
  startCluster,
  startReplicated,
  startSentinels,
} from '../support/topologies.ts';
import { useKeys, useSessions } from '../support/usage.ts';

const HOST = '127.0.0.1';

let encryption: Encryption;
beforeAll(async () => {
  encryption = await createEncryption();
});

describe('while nobody answers', () => {
  it.each([
    ['Sentinel', { master_name: 'm', sentinels: [{ host: HOST, port: 1 }] }, /has no Sentinel/],
    ['Cluster', { host: HOST, port: 1, cluster_mode: true }, /^Redis /],
  ])('%s is a 503 within a second, and one line in the log', async (_, credentials, sentence) => {
    const app = await startApp(bound(credentials));

    const began = performance.now();
    await app.http.get('/foo').expect(503, sentence);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(app.lines).toHaveLength(1);
  });
});

describe.each([
  { isEncrypted: false, how: 'without TLS' },
  { isEncrypted: true, how: 'over TLS' },
])('Sentinel, $how', ({ isEncrypted }) => {
  it.each([
    ['a password of its own', SENTINEL_PASSWORD],
    ['no password', null],
  ])('with %s, finds the primary', async (_, sentinelPassword) => {
    const options = { sentinelPassword, encryption: isEncrypted ? encryption : null };
    const { primary, replica, sentinels } = await startSentinels('my-master', options);
    const credentials = {
      master_name: 'my-master',
      password: PASSWORD,
      sentinel_password: sentinelPassword,
      sentinels: sentinels.map(({ port }) => ({
        host: HOST,
        [isEncrypted ? 'tls_port' : 'port']: port,
      })),
      ca: isEncrypted ? encryption.ca : null,
    };
    const app = await startApp(bound(credentials));

    await useKeys(app);
    await useSessions(app, await startApp(bound(credentials)));
    expect(await readRedis(app)).toMatchObject({
      topology: 'sentinel',
      tls: isEncrypted,
      nodes: sentinels.map(({ port }) => ({ host: HOST, port })),
      masterName: 'my-master',
      reader: null,
      server: {
        role: 'primary',
        primaries: [{ host: HOST, port: primary.port }],
        replicas: [{ host: HOST, port: replica.port, state: 'online' }],
      },
      error: null,
    });
    const direct = connectWithPassword(primary, options.encryption);
    expect(await direct.get('key-7')).toBe('value-7');
  });
});

describe.each([
  { isEncrypted: false, how: 'without TLS' },
  { isEncrypted: true, how: 'over TLS' },
])('Cluster, $how', ({ isEncrypted }) => {
  it('reaches the keys and the sessions of all primaries', async () => {
    const { primaries, replicas } = await startCluster(isEncrypted ? encryption : null);
    const { port } = primaries[0]!;
    const credentials = {
      hostname: HOST,
      port,
      password: PASSWORD,
      cluster_mode: true,
      ca: isEncrypted ? encryption.ca : null,
    };
    const app = await startApp(bound(credentials));

    await useKeys(app);
    await useSessions(app, await startApp(bound(credentials)));
    const { server, ...said } = await readRedis(app);
    expect(said).toMatchObject({
      topology: 'cluster',
      tls: isEncrypted,
      nodes: [{ host: HOST, port }],
      error: null,
    });
    expect(portsOf(server.primaries)).toEqual(portsOf(primaries));
    expect(portsOf(server.replicas)).toEqual(portsOf(replicas));
    for (const primary of primaries) {
      const direct = connectWithPassword(primary, isEncrypted ? encryption : null);
      expect(await direct.dbsize()).toBeGreaterThan(0);
    }
    await app.http.get('/config/maxmemory-policy').expect(200, 'noeviction');
  });
});

describe.each([
  { isEncrypted: false, how: 'without TLS' },
  { isEncrypted: true, how: 'over TLS' },
])('a primary with a reader endpoint, $how', ({ isEncrypted }) => {
  it.each(['primary', 'replica'])('is written to, and read from at the %s', async (readsFrom) => {
    const { primary, replica } = await startReplicated(isEncrypted ? encryption : null);
    const env = bound({
      host: HOST,
      port: primary.port,
      password: PASSWORD,
      reader_endpoint: `${HOST}:${replica.port}`,
      ca: isEncrypted ? encryption.ca : null,
    });
    const app = await startApp({ ...env, REDIS_READS: readsFrom });

    if (readsFrom === 'primary') await useKeys(app);
    await useSessions(app, await startApp(env));
    expect(await readRedis(app)).toMatchObject({
      topology: 'replicated',
      tls: isEncrypted,
      nodes: [{ host: HOST, port: primary.port }],
      reader: { host: HOST, port: replica.port },
      readsFrom,
      server: { role: 'primary' },
      error: null,
    });
  });
});

async function readRedis(app: App) {
  const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
  return body.redis;
}

function portsOf(servers: { port: number }[]): number[] {
  return servers.map(({ port }) => port).sort((a, b) => a - b);
}
