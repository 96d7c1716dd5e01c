/** Every topology with real processes: keys and logins work, and GET / says what it is. */
import { createEncryption } from '../support/certificates.ts';
import { type App, bound, startApp } from '../support/app.ts';
import {
  connectWithPassword,
  PASSWORD,
  SENTINEL_PASSWORD,
  startCluster,
  startReplicated,
  startSentinels,
} from '../support/topologies.ts';
import { OPERATOR_PASSWORD, signInOperator } from '../support/operator.ts';
import { until } from '../support/until.ts';
import { useKeys, useOperator, useSessions } from '../support/usage.ts';

const HOST = '127.0.0.1';

let started: Record<'plain' | 'encrypted', Awaited<ReturnType<typeof startAll>>>;
/** All of them at the same time: each waits long for its servers to hear of each other. */
beforeAll(async () => {
  const [plain, encrypted] = await Promise.all([startAll(false), startAll(true)]);
  started = { plain, encrypted };
});

async function startAll(isEncrypted: boolean) {
  const encryption = isEncrypted ? await createEncryption() : null;
  const [replicated, cluster] = await Promise.all([
    startReplicated(encryption),
    startCluster(encryption),
  ]);
  const watch = (masterName: string, sentinelPassword: string | null) =>
    startSentinels(masterName, replicated, { sentinelPassword, encryption });
  const [guarded, open] = await Promise.all([
    watch('guarded', SENTINEL_PASSWORD),
    watch('open', null),
  ]);
  return { encryption, replicated, cluster, guarded, open };
}

describe('while nobody answers', () => {
  const SENTINEL = { master_name: 'm', sentinels: [{ host: HOST, port: 1 }] };

  it.each([
    ['Sentinel', SENTINEL, /has no Sentinel/, {}],
    ['Sentinel for reads from replicas', SENTINEL, /has no Sentinel/, { REDIS_READS: 'replica' }],
    ['Cluster', { host: HOST, port: 1, cluster_mode: true }, /^Redis /, {}],
  ])('%s is a 503 within a second, and one line in the log', async (_, service, sentence, env) => {
    const app = await startApp({ ...bound(service), ...env });

    const began = performance.now();
    await app.http.get('/foo').expect(503, sentence);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(app.lines).toHaveLength(1);
    await app.stop();
  });
});

describe.each([
  { isEncrypted: false, how: 'without TLS' },
  { isEncrypted: true, how: 'over TLS' },
])('$how', ({ isEncrypted }) => {
  const startedHere = () => (isEncrypted ? started.encrypted : started.plain);

  it.each([
    ['a password of its own', 'guarded', SENTINEL_PASSWORD],
    ['no password', 'open', null],
  ] as const)('Sentinel with %s finds the primary', async (_, masterName, sentinelPassword) => {
    const { encryption, replicated, [masterName]: sentinels } = startedHere();
    const { primary, replica } = replicated;
    const credentials = {
      master_name: masterName,
      password: PASSWORD,
      sentinel_password: sentinelPassword,
      sentinels: sentinels.map(({ port }) => ({
        host: HOST,
        [isEncrypted ? 'tls_port' : 'port']: port,
      })),
      ca: encryption?.ca,
    };
    const app = await startApp({ ...bound(credentials), OPERATOR_PASSWORD });

    await useKeys(app);
    await useSessions(app, await startApp(bound(credentials)));
    expect(await readRedis(app)).toMatchObject({
      topology: 'sentinel',
      tls: isEncrypted,
      nodes: sentinels.map(({ port }) => ({ host: HOST, port })),
      masterName,
      reader: null,
      server: {
        role: 'primary',
        primaries: [{ host: HOST, port: primary.port }],
        replicas: [{ host: HOST, port: replica.port, state: 'online' }],
      },
      error: null,
    });
    const direct = connectWithPassword(primary, encryption);
    expect(await direct.get('key-7')).toBe('value-7');

    if (masterName === 'guarded') {
      expect(await useOperator(app)).toMatchObject([
        { node: `${HOST}:${primary.port}`, role: 'primary' },
        { node: `${HOST}:${replica.port}`, role: 'replica' },
      ]);
    }
    const operator = await signInOperator(app);
    const { body } = await operator.get('/operator/redis/sentinel').expect(200);
    expect(body.sentinels).toHaveLength(3);
    expect(body.sentinels[0]).toMatchObject({
      problem: null,
      answer: { master: { name: masterName, port: String(primary.port) }, replicas: [{}] },
    });
    expect(body.sentinels[0].answer.quorum).toMatch(/^OK 3 usable/);
    await direct.flushall();
  });

  it('a Cluster holds the keys and the sessions in all primaries', async () => {
    const { encryption, cluster } = startedHere();
    const { primaries, replicas } = cluster;
    const { port } = primaries[0]!;
    const credentials = {
      hostname: HOST,
      port,
      password: PASSWORD,
      cluster_mode: true,
      ca: encryption?.ca,
    };
    const app = await startApp({ ...bound(credentials), OPERATOR_PASSWORD });

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
      const direct = connectWithPassword(primary, encryption);
      expect(await direct.dbsize()).toBeGreaterThan(0);
    }
    await app.http.get('/config/maxmemory-policy').expect(200, 'noeviction');
    expect(await useOperator(app)).toHaveLength(6);
  });

  it.each(['primary', 'replica'])(
    'a primary with a reader endpoint is written to, and read from at the %s',
    async (readsFrom) => {
      const { encryption, replicated } = startedHere();
      const { primary, replica } = replicated;
      const env = bound({
        host: HOST,
        port: primary.port,
        password: PASSWORD,
        reader_endpoint: `${HOST}:${replica.port}`,
        ca: encryption?.ca,
      });
      const app = await startApp({ ...env, OPERATOR_PASSWORD, REDIS_READS: readsFrom });

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
      if (readsFrom === 'primary' && !isEncrypted) expect(await useOperator(app)).toHaveLength(2);
    },
  );

  it('a Cluster whose nodes hang is a 503 within a second, each time', async () => {
    const { encryption, cluster } = startedHere();
    const { port } = cluster.primaries[0]!;
    const credentials = { host: HOST, port, password: PASSWORD, cluster_mode: true };
    const app = await startApp(bound({ ...credentials, ca: encryption?.ca }));
    const servers = [...cluster.primaries, ...cluster.replicas];
    for (const { process } of servers) process.kill('SIGSTOP');
    for (let i = 0; i < 4; i++) {
      const began = performance.now();
      await app.http.get('/foo').expect(503);
      expect(performance.now() - began).toBeLessThan(1000);
    }
    for (const { process } of servers) process.kill('SIGCONT');
    await until('it answers again', async () => (await app.http.get('/foo')).status === 404);
  });
});

async function readRedis(app: App) {
  const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
  return body.redis;
}

function portsOf(servers: { port: number }[]): number[] {
  return servers.map(({ port }) => port).sort((a, b) => a - b);
}
