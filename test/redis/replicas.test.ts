/** What replicas are for: reads that may be a little old, and writes that are not lost. */
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import type { RedisServer } from '../support/redis-server.ts';
import {
  connectWithPassword,
  PASSWORD,
  SENTINEL_PASSWORD,
  startCluster,
  startReplicated,
  startSentinels,
} from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { signIn, signUp } from '../support/user.ts';

const READS = { REDIS_READS: 'replica' };
const WAIT = { REDIS_WAIT_REPLICAS: '1' };
const HOST = '127.0.0.1';

/** Servers that belong together, and the environment of an app that is bound to them. */
interface Topology {
  primaries: RedisServer[];
  replicas: RedisServer[];
  env: Environment;
}

let topologies: Record<'replicated' | 'sentinel' | 'cluster', Topology>;
beforeAll(async () => {
  const [replicated, sentinel, cluster] = await Promise.all([
    startWithReader(),
    startWithSentinels(),
    startAsCluster(),
  ]);
  topologies = { replicated, sentinel, cluster };
});

async function startWithReader(): Promise<Topology> {
  const { primary, replica } = await startReplicated();
  const reader_endpoint = `${HOST}:${replica.port}`;
  const credentials = { host: HOST, port: primary.port, password: PASSWORD, reader_endpoint };
  return { primaries: [primary], replicas: [replica], env: bound(credentials) };
}

async function startWithSentinels(): Promise<Topology> {
  const replicated = await startReplicated();
  const sentinels = await startSentinels('m', replicated);
  const { primary, replica } = replicated;
  const credentials = {
    master_name: 'm',
    password: PASSWORD,
    sentinel_password: SENTINEL_PASSWORD,
    sentinels: sentinels.map(({ port }) => ({ host: HOST, port })),
  };
  return { primaries: [primary], replicas: [replica], env: bound(credentials) };
}

async function startAsCluster(): Promise<Topology> {
  const { primaries, replicas } = await startCluster();
  const [{ port }] = primaries as [RedisServer];
  const credentials = { host: HOST, port, password: PASSWORD, cluster_mode: true };
  return { primaries, replicas, env: bound(credentials) };
}

const KEYS = Array.from({ length: 12 }, (_, i) => `key-${i}`);

describe('REDIS_READS=replica, standalone', () => {
  it('reads from the primary, as there is nothing else', async () => {
    const [{ host, port, password }] = topologies.replicated.primaries as [RedisServer];
    const app = await startApp({ ...bound({ host, port, password }), ...READS });

    await put(app, 'foo').expect(201);
    await app.http.get('/foo').expect(200, 'value');
    expect(await readReadsFrom(app)).toBe('primary');
  });
});

describe('REDIS_WAIT_REPLICAS=1', () => {
  const UNCONFIRMED =
    /^the write is in Redis, but no replica has confirmed it within 150 ms: it is lost if/;

  let replica: RedisServer;
  let app: App;
  beforeAll(async () => {
    const { replicas, env } = topologies.replicated;
    [replica] = replicas as [RedisServer];
    app = await startApp({ ...env, ...WAIT });
  });

  it('tells of a write as done when a replica has it', async () => {
    const direct = connectWithPassword(replica);

    await put(app, 'foo').expect(201, 'success');
    expect(await direct.get('foo')).toBe('value');
    await app.http.delete('/foo').expect(200, 'success');
    expect(await direct.get('foo')).toBeNull();

    const browser = await signUp(app);
    expect(await direct.keys('_app:s:*')).toHaveLength(1);
    await browser.at(app).post('/session/sign-out').expect(200);
    expect(await direct.keys('_app:s:*')).toEqual([]);
  });

  it('tells how far behind the replica is', async () => {
    const { primaries } = topologies.replicated;
    const [{ host, port }] = primaries as [RedisServer];
    const inStep = await until('the replica is in step', async () => {
      const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
      const [first] = body.redis.server.replicas;
      return first?.behind === 0 && first;
    });
    expect(inStep).toEqual({
      host,
      port: replica.port,
      primary: { host, port },
      state: 'online',
      lag: expect.any(Number),
      behind: 0,
    });
  });

  it('tells so of many at a time', async () => {
    await until('a replica confirms all of them', async () => {
      const answers = await Promise.all(KEYS.map((key) => put(app, key)));
      return answers.every(({ status }) => status === 201);
    });
  });

  describe('while the replica hangs', () => {
    let browser: Awaited<ReturnType<typeof signUp>>;
    beforeAll(async () => {
      browser = await signUp(app);
      replica.process.kill('SIGSTOP');
    });
    afterAll(() => replica.process.kill('SIGCONT'));

    it('a write answers 503 and says that it was made', async () => {
      await put(app, 'bar').expect(503, UNCONFIRMED);
      await app.http.get('/bar').expect(200, 'value');
      await app.http.delete('/bar').expect(503, UNCONFIRMED);
      await app.http.get('/bar').expect(404);
    });

    it('many at a time are answered within a second, and reads need not wait', async () => {
      const began = performance.now();
      const writes = KEYS.map((key) => put(app, key).expect(503));
      await Promise.all(writes);
      expect(performance.now() - began).toBeLessThan(1000);

      const write = put(app, 'slow').expect(503);
      const asked = performance.now();
      const pending = write.then(() => performance.now());
      await app.http.get(`/${KEYS[0]}`).expect(200);
      expect(performance.now()).toBeLessThan(await pending);
      expect(await pending).toBeGreaterThan(asked + 100);
    });

    it('a write is not confirmed on another connection than its own', async () => {
      const [primary] = topologies.replicated.primaries as [RedisServer];
      const direct = connectWithPassword(primary);
      // After AUTH, WAIT counts all writes before it; as the first command, it counts none
      await direct.acl('SETUSER', 'default', 'nopass');
      const { host, port } = primary;
      const unprotected = await startApp({ ...bound({ host, port }), ...WAIT });

      const write = put(unprotected, 'foo').then(({ status }) => status);
      const waiting = await until('a connection waits', async () => {
        const clients = String(await direct.client('LIST'));
        return /^id=(\d+) .* cmd=wait /m.exec(clients)?.[1];
      });
      await direct.client('KILL', 'ID', waiting);

      expect(await write).toBe(503);
      await direct.acl('SETUSER', 'default', 'resetpass', `>${PASSWORD}`);
    });

    it('a sign-up answers 503 each time, and never that the name is taken', async () => {
      for (let i = 0; i < 2; i++) {
        await expect(signUp(app, 'twice')).rejects.toThrow(/503 .*the write is in Redis/);
      }
    });

    it('a change of a session answers 503, and its cookie stays', async () => {
      const change = browser.at(app).put('/session/data/color').type('form');
      await change.send('data=blue').expect(503, UNCONFIRMED);
      await browser.at(app).get('/session/data').expect(200, { color: 'blue' });
      await expect(signIn(app, browser.user)).rejects.toThrow(/503 .*the write is in Redis/);
    });
  });

  it('goes on when the replica is back', async () => {
    await untilConfirmed(app, 'foo');
    await until('the sign-up that failed succeeds', () => signUp(app, 'twice').catch(ofReplicas));
  });
});

describe('REDIS_WAIT_REPLICAS=1 on a Cluster', () => {
  let replica: RedisServer;
  let app: App;
  beforeAll(async () => {
    const { replicas, env } = topologies.cluster;
    [replica] = replicas as [RedisServer];
    app = await startApp({ ...env, ...WAIT });
  });
  beforeEach(async () => {
    for (const key of KEYS) await untilConfirmed(app, key);
  });
  afterEach(() => replica.process.kill('SIGCONT'));

  it('asks the primary of the key', async () => {
    const [, , port] = await connectWithPassword(replica).role();
    const primary = topologies.cluster.primaries.find((each) => each.port === port)!;
    const unconfirmed = await connectWithPassword(primary).keys('key-*');
    replica.process.kill('SIGSTOP');
    const answers = await Promise.all(KEYS.map((key) => put(app, key)));

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 503]));
    expect(KEYS.filter((_, i) => answers[i]!.status === 503).toSorted()).toEqual(
      unconfirmed.toSorted(),
    );
  });

  it('asks all primaries about a sign-out everywhere', async () => {
    const browser = await until('replicas confirm a sign-up', () => signUp(app).catch(() => null));
    replica.process.kill('SIGSTOP');
    await Promise.all(KEYS.map((key) => put(app, key)));

    await browser
      .at(app)
      .post('/session/sign-out-everywhere')
      .expect(503, /the write is in Redis/);
  });
});

describe('a Cluster of which one server evicts keys', () => {
  it('is said to evict', async () => {
    const { primaries, env } = topologies.cluster;
    const last = connectWithPassword(primaries.at(-1)!);
    await last.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const app = await startApp(env);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    await last.config('SET', 'maxmemory-policy', 'noeviction');

    expect(body.redis.server.evictionPolicy).toBe('allkeys-lru');
    expect(body.redis.warning).toMatch(/allkeys-lru/);
  });
});

describe('an app that reads from replicas and waits for them', () => {
  it('closes all of its connections when it stops', async () => {
    const app = await startApp({ ...topologies.replicated.env, ...READS, ...WAIT });
    const { client, writer, replica } = app.redis!;
    await app.stop();
    const all = [client, writer, replica!];
    expect(new Set(all).size).toBe(3);
    await until('they are closed', () => all.every(({ status }) => status === 'end'));
  });
});

describe('without REDIS_WAIT_REPLICAS', () => {
  it('a write costs one command', async () => {
    const { primaries, env } = topologies.replicated;
    const app = await startApp(env);

    const [counts] = await countAll(primaries, () => put(app, 'foo').expect(201));
    expect(counts).toMatchObject({ set: 1 });
    expect(counts).not.toHaveProperty('wait');
  });
});

// The last ones, as they end the replicas
describe.each(['replicated', 'sentinel', 'cluster'] as const)('REDIS_READS=replica, %s', (kind) => {
  let env: Environment;
  let primaries: RedisServer[];
  let replicas: RedisServer[];
  let app: App;
  beforeAll(async () => {
    ({ env, primaries, replicas } = topologies[kind]);
    app = await startApp({ ...env, ...READS });
    for (const key of KEYS) await put(app, key).expect(201);
  });
  afterAll(() => app.stop());

  it('reads keys from replicas, and sessions from primaries', async () => {
    const browser = await signUp(app);
    const counts = await countAll([...primaries, ...replicas], async () => {
      for (const key of KEYS) await untilFound(app, key);
      await browser.at(app).get('/session/me').expect(200);
    });

    const ofPrimaries = counts.slice(0, primaries.length);
    const ofReplicas = counts.slice(primaries.length);
    expect(sum(ofPrimaries, 'getrange')).toBe(0);
    expect(sum(ofReplicas, 'getrange')).toBeGreaterThanOrEqual(KEYS.length);
    expect([sum(ofPrimaries, 'getex'), sum(ofReplicas, 'getex')]).toEqual([1, 0]);
    expect(await readReadsFrom(app)).toBe('replica');
  });

  it('reads them from primaries within a second when the replicas hang or are gone', async () => {
    for (const replica of replicas) replica.process.kill('SIGSTOP');
    const began = performance.now();
    await app.http.get(`/${KEYS[0]}`).expect(200, 'value');
    expect(performance.now() - began).toBeLessThan(1000);

    for (const replica of replicas) await replica.stop();
    for (const key of KEYS) await app.http.get(`/${key}`).expect(200, 'value');
  });
});

function put(app: App, key: string) {
  return app.http.put(`/${key}`).type('form').send({ data: 'value' });
}

/** On a busy machine, a replica may take longer than the 150 ms that a write waits for it. */
async function untilConfirmed(app: App, key: string): Promise<void> {
  await until(`a replica confirms ${key}`, async () => (await put(app, key)).status === 201);
}

/** Throws all other errors. */
function ofReplicas(error: Error): null {
  if (/503 .*the write is in Redis/.test(error.message)) return null;
  throw error;
}

/** A replica may not have it yet. */
async function untilFound(app: App, key: string): Promise<void> {
  const find = async () => (await app.http.get(`/${key}`)).text === 'value';
  await until(`a replica has ${key}`, find);
}

async function readReadsFrom(app: App): Promise<string> {
  const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
  return body.redis.readsFrom;
}

/** What each of the servers was asked while the action ran. */
async function countAll(
  servers: RedisServer[],
  action: () => PromiseLike<unknown>,
): Promise<Record<string, number>[]> {
  const [server, ...others] = servers;
  if (!server) {
    await action();
    return [];
  }
  let counts: Record<string, number>[] = [];
  const own = await countCommands(connectWithPassword(server), async () => {
    counts = await countAll(others, action);
  });
  return [own, ...counts];
}

function sum(counts: Record<string, number>[], command: string): number {
  return counts.reduce((total, each) => total + (each[command] ?? 0), 0);
}
