/** The probe: what it costs Redis, and how long its answer takes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { createProbe } from '../../src/redis/probe.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { countCalls, countCommands } from '../support/commands.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { connectWithPassword, PASSWORD, startCluster } from '../support/topologies.ts';
import { until } from '../support/until.ts';

const SECOND = 1000; // milliseconds
/** Longer than a round is kept. */
const PAUSE = 2100; // milliseconds

const start = ({ host, port }: RedisServer, env = {}) =>
  startApp({ ...bound({ host, port }), ...env });

const readRedis = async (app: App) =>
  (await app.http.get('/').set('Accept', 'application/json').expect(200)).body.redis;

let working: Prepared;
let unasked: Prepared;
let hanging: Prepared;
let slow: Prepared;
let cluster: Prepared & { primaries: RedisServer[] };
beforeAll(async () => {
  [working, unasked, hanging, slow, cluster] = await Promise.all([
    prepare(),
    prepare(),
    prepare(),
    prepare(['--enable-debug-command', 'yes']),
    prepareCluster(),
  ]);
  // What the apps have asked at their start is too old by then
  await sleep(PAUSE);
});

interface Prepared {
  server: RedisServer;
  app: App;
}

async function prepare(args: string[] = []): Promise<Prepared> {
  const server = await startRedis({ args });
  return { server, app: await start(server) };
}

async function prepareCluster() {
  const { primaries } = await startCluster();
  const [server] = primaries as [RedisServer];
  const { host, port } = server;
  const app = await startApp(bound({ host, port, cluster_mode: true, password: PASSWORD }));
  return { server, app, primaries };
}

describe('a Redis that works', () => {
  it('is said to work, to each kind of client', async () => {
    const { app } = working;
    const { headers } = await app.http.get('/status/redis').expect(200, 'Redis works');
    expect(headers['cache-control']).toBe('no-store');
    const { text } = await app.http.get('/').expect(200);
    expect(text).toMatch(/^Redis works \(SET [\d.]+ ms, GET [\d.]+ ms, DEL [\d.]+ ms\)\n/);
    const { works, problem, times } = await readRedis(app);
    expect([works, problem]).toEqual([true, null]);
    for (const time of [times.set, times.get, times.del]) expect(time).toBeLessThan(SECOND);
  });

  it('is asked once in two seconds, whoever asks', async () => {
    const { server, app } = unasked;
    const counts = await countCommands(connectTo(server), async () => {
      for (let i = 0; i < 5; i++) {
        await Promise.all([app.http.get('/status/redis'), readRedis(app), app.http.get('/')]);
      }
    });
    expect(counts).toMatchObject({ set: 1, get: 1, del: 1 });
  });

  it('keeps nothing of the probe', async () => {
    expect(await connectTo(working.server).keys('_app:probe:*')).toEqual([]);
  });

  it('is said not to work as soon as it is away, and to work again when it is back', async () => {
    const { server, app } = working;
    await server.stop();
    await until('Redis is away', () => !app.availability.isAvailable);
    await app.http.get('/status/redis').expect(503, /^Redis (refuses connections|closes)/);
    await server.restart();
    await until('Redis works', async () => (await app.http.get('/status/redis')).status === 200);
  });
});

describe('a Redis that hangs', () => {
  it('is reported within a second, and asked no more meanwhile', async () => {
    const { server, app } = hanging;
    server.process.kill('SIGSTOP');
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.http.get('/status/redis')),
    );
    expect(performance.now() - began).toBeLessThan(1.5 * SECOND);
    for (const { status, text } of answers) {
      expect([status, text]).toEqual([
        503,
        expect.stringMatching(/^Redis accepts connections but/),
      ]);
    }
    server.process.kill('SIGCONT');
    await until('Redis works', async () => (await app.http.get('/status/redis')).status === 200);
  });
});

describe('a Redis that is slow', () => {
  it('is reported within a second', async () => {
    const { server, app } = slow;
    const direct = connectTo(server);
    // Each of the three is answered, but late
    const sleeps = Promise.all([1, 2, 3, 4].map(() => direct.call('DEBUG', 'SLEEP', '0.6')));
    const others = Array.from({ length: 3 }, () => app.redis!.client.ping().catch(() => {}));
    const began = performance.now();
    await app.http.get('/status/redis').expect(503, /^Redis (is too slow|accepts connections but)/);
    expect(performance.now() - began).toBeLessThan(1.5 * SECOND);
    await Promise.all([sleeps, ...others]);
  });
});

describe('a round that takes too long', () => {
  it('goes on, and no other is added to it', async () => {
    const set = jest.fn(() => new Promise(() => {}));
    const client = { set } as unknown as RedisClient;
    const probe = createProbe({
      client,
      writer: client,
      confirm: null,
      availability: { isAvailable: true, problem: null, explain: ({ message }) => message },
      say: () => {},
    });
    const tooSlow = { works: false, problem: expect.stringMatching(/^Redis is too slow/) };
    expect(await probe.ask()).toMatchObject(tooSlow);
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + PAUSE);
    expect(await probe.ask()).toMatchObject(tooSlow);
    clock.mockRestore();
    expect(set).toHaveBeenCalledTimes(1);
  });
});

describe('a round', () => {
  /** A Redis in memory, and what the probe says of it. */
  function probeMemory({ isAvailable = true } = {}) {
    const values = new Map<string, string>();
    const client = {
      set: jest.fn(async (key: string, value: string, ..._expiry: unknown[]) => {
        values.set(key, value);
      }),
      get: jest.fn(async (key: string) => values.get(key) ?? null),
      del: jest.fn(async (...keys: string[]) => keys.map((key) => values.delete(key)).length),
    };
    const said: (string | null)[] = [];
    const redis = client as unknown as RedisClient;
    const probe = createProbe({
      client: redis,
      writer: redis,
      confirm: null,
      availability: { isAvailable, problem: null, explain: ({ message }) => message },
      say: (problem) => said.push(problem),
    });
    return { client, probe, said };
  }

  it('stores a key that would expire by itself, and removes it', async () => {
    const { client, probe } = probeMemory();
    expect(await probe.ask()).toMatchObject({ works: true, problem: null });
    const [[key, , ...expiry]] = client.set.mock.calls as [[string, string, ...unknown[]]];
    expect(expiry).toEqual(['EX', 10]);
    expect(client.del.mock.calls[0]).toContain(key);
  });

  it('finds out that Redis has lost the key, or has another value', async () => {
    for (const found of [null, 'another value']) {
      const { client, probe } = probeMemory();
      client.get.mockResolvedValue(found);
      const problem = expect.stringMatching(/^Redis has lost a key between SET and GET\./);
      expect(await probe.ask()).toEqual({ works: false, problem, times: null });
      expect(client.del).toHaveBeenCalledTimes(1);
    }
  });

  it('writes where writes are confirmed, waits for that, and reads where all reads go', async () => {
    const asked: string[] = [];
    const note = (what: string) => async () => void asked.push(what);
    const probe = createProbe({
      client: { get: note('GET of the client') } as unknown as RedisClient,
      writer: { set: note('SET'), del: note('DEL of the writer') } as unknown as RedisClient,
      confirm: note('confirmed'),
      availability: { isAvailable: true, problem: null, explain: ({ message }) => message },
      say: () => {},
    });
    await probe.ask();
    expect(asked).toEqual(['SET', 'confirmed', 'GET of the client', 'DEL of the writer']);
  });

  it('has the times of the slowest primary of a Cluster', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const values = new Map<string, string>();
      /** The first key takes a while, the second one longer. */
      const after = async (key: string, ...times: [number, number]) => {
        if (!values.has(key)) values.set(key, '');
        const [first] = values.keys();
        await new Promise((resolve) => setTimeout(resolve, times[key === first ? 0 : 1]));
      };
      const cluster = new Cluster([{ port: 1 }], { lazyConnect: true });
      const slots = Array.from({ length: 16_384 }, (_, slot) => [slot % 2 ? 'a:1' : 'b:1']);
      const client = Object.assign(cluster, {
        slots,
        set: (key: string, value: string) => after(key, 5, 30).then(() => values.set(key, value)),
        get: (key: string) => after(key, 20, 5).then(() => values.get(key)),
        del: (key: string) => after(key, 5, 10),
      }) as unknown as RedisClient;
      const probe = createProbe({
        client,
        writer: client,
        confirm: null,
        availability: { isAvailable: true, problem: null, explain: ({ message }) => message },
        say: () => {},
      });
      const asked = probe.ask();
      await jest.advanceTimersByTimeAsync(100);
      expect(await asked).toEqual({
        works: true,
        problem: null,
        times: { set: 30, get: 20, del: 10 },
      });
    } finally {
      jest.useRealTimers();
    }
  });

  it('that fails is followed by another two seconds after it began, though nothing asks', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    try {
      const { client, probe, said } = probeMemory();
      client.set.mockRejectedValueOnce(new Error('a reason'));
      await probe.ask();
      expect(said).toEqual(['a reason']);
      await jest.advanceTimersByTimeAsync(1999);
      expect(said).toEqual(['a reason']);
      await jest.advanceTimersByTimeAsync(1);
      expect(said).toEqual(['a reason', null]);
      await jest.advanceTimersByTimeAsync(10_000);
      expect(client.set).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('says nothing to the log when Redis is away, of which the log has the reason', async () => {
    const { client, probe, said } = probeMemory({ isAvailable: false });
    client.set.mockRejectedValue(new Error('a reason'));
    await probe.ask();
    expect(said).toEqual([]);
  });
});

describe('a timer that fires early', () => {
  it('does not keep the next round from being asked', async () => {
    const client = connectTo(await startRedis());
    const said: (string | null)[] = [];
    const probe = createProbe({
      client,
      writer: client,
      confirm: null,
      availability: { isAvailable: true, problem: null, explain: ({ message }) => message },
      say: (problem) => said.push(problem),
    });
    await probe.ask();
    probe.askAnew();
    // Node.js fires early by up to a millisecond; here the clock lags behind the timers by more
    const now = performance.now.bind(performance);
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() - 50);
    await until('the second round', () => said.length === 2);
    clock.mockRestore();
  });
});

describe('a Cluster', () => {
  it('is asked at each primary, and works only when all of them do', async () => {
    const { app, primaries } = cluster;
    const clients = primaries.map((primary) => connectWithPassword(primary));
    const before = await Promise.all(clients.map((each) => countCalls(each, 'set')));
    await app.http.get('/status/redis').expect(200, 'Redis works');
    const after = await Promise.all(clients.map((each) => countCalls(each, 'set')));
    expect(after.map((count, i) => count - before[i]!)).toEqual([1, 1, 1]);

    await primaries[2]!.stop();
    await sleep(PAUSE);
    const { text } = await app.http.get('/status/redis').expect(503);
    expect(text).toMatch(
      new RegExp(
        `^The node 127\\.0\\.0\\.1:${primaries[2]!.port} refuses connections|^Redis is a Cluster that`,
      ),
    );
  });
});

describe('DIAGNOSTICS', () => {
  it.each(['closed', 'operator'])(
    '=%s says yes or no, but neither why nor where',
    async (value) => {
      const server = await startRedis();
      const app = await start(server, { DIAGNOSTICS: value });
      await app.http.get('/status/redis').expect(200, 'Redis works');
      await server.stop();
      await until('Redis is away', () => !app.availability.isAvailable);
      await app.http.get('/status/redis').expect(503, 'Redis does not work');
      await app.http.get('/foo').expect(503, /^Redis does not work: the operator finds the reason/);
    },
  );
});

describe('several bound services', () => {
  it('are named where the chosen one is', async () => {
    const { host, port } = await startRedis();
    const named = (name: string) => ({ name, label: 'redis', credentials: { host, port } });
    const app = await startApp({
      VCAP_SERVICES: JSON.stringify({ redis: [named('one'), named('two')] }),
    });
    const warning =
      /^Several Redis services are bound: using "one", not "two"\. .*REDIS_SERVICE_NAME/;
    expect((await readRedis(app)).warning).toMatch(warning);
    const { text } = await app.http.get('/').expect(200);
    expect(text).toMatch(/^warning {6}Several Redis services are bound/m);
  });
});

describe('a Redis that does not offer INFO and PING', () => {
  it('works, and what cannot be shown is named', async () => {
    const renamed = ['INFO', 'PING', 'CONFIG'].flatMap((name) => [
      '--rename-command',
      name,
      `renamed-${name}`,
    ]);
    const app = await start(await startRedis({ args: renamed }));
    const { text } = await app.http.get('/').expect(200);
    expect(text).toMatch(/^Redis works \(/);
    expect(text).toMatch(
      /^not shown {4}Version, role, memory and replicas: Redis does not know INFO\./m,
    );
    expect(app.lines).toEqual([expect.stringMatching(/^Redis is connected/)]);
  });
});
