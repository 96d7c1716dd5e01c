/** What the app says of a Redis that evicts, or that has fewer replicas than writes wait for. */
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import type { ServerInfo } from '../../src/redis/server-info.ts';
import { logWarnings, warningsOf as listWarnings } from '../../src/redis/warnings.ts';
import { bound, startApp } from '../support/app.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const ALL = 'accounts, sessions and the counters of failed sign-ins';
const EXPIRING = 'sessions and the counters of failed sign-ins';
const POLICIES = [
  ['allkeys-lru', ALL],
  ['allkeys-lfu', ALL],
  ['allkeys-random', ALL],
  ['volatile-lru', EXPIRING],
  ['volatile-lfu', EXPIRING],
  ['volatile-random', EXPIRING],
  ['volatile-ttl', EXPIRING],
] as const;

async function start(policy: string, credentials = {}) {
  const server = await startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', policy] });
  return {
    server,
    app: await startApp(bound({ host: '127.0.0.1', port: server.port, ...credentials })),
  };
}

type Started = Awaited<ReturnType<typeof start>>;

const readRedis = async ({ app }: Started) =>
  (await app.http.get('/').set('Accept', 'application/json').expect(200)).body.redis;
const warningsOf = ({ app }: Started) => app.lines.filter((line) => line.startsWith('WARNING'));

/** Resolves when the log has that many warnings. */
async function untilWarned(started: Started, times: number): Promise<void> {
  await until(`the log has ${times} warnings`, () => warningsOf(started).length >= times);
}

describe('a Redis that evicts by', () => {
  it.each(POLICIES)('%s is warned of, because it drops %s', async (policy, victims) => {
    const started = await start(policy);
    const warning = `When Redis is full, it drops ${victims} (maxmemory-policy ${policy}): choose noeviction, or a plan of its own for sessions`;

    const redis = await readRedis(started);
    expect(redis).toMatchObject({ error: null, warning, server: { evictionPolicy: policy } });
    const { text } = await started.app.http.get('/').expect(200);
    expect(text).toContain(`\neviction     ${policy}\nwarning      ${warning}\n`);
    await untilWarned(started, 1);
    expect(warningsOf(started)).toEqual([`WARNING: ${warning}`]);
  });

  it('noeviction is not', async () => {
    const started = await start('noeviction');
    expect(await readRedis(started)).toMatchObject({ warning: null });
    expect((await started.app.http.get('/')).text).not.toMatch(/^warning/m);
    expect(warningsOf(started)).toEqual([]);
  });
});

describe('the warning in the log', () => {
  it('comes again after a reconnection when the policy is another, and not when it is the same', async () => {
    const started = await start('allkeys-lru');
    await untilWarned(started, 1);
    const admin = connectTo(started.server);
    await reconnect(started, admin);
    await admin.config('SET', 'maxmemory-policy', 'volatile-ttl');
    await reconnect(started, admin);

    await untilWarned(started, 2);
    expect(warningsOf(started)).toEqual([
      expect.stringContaining('allkeys-lru'),
      expect.stringContaining('volatile-ttl'),
    ]);
  });

  it('comes again after a Redis without it, and not after one that did not answer INFO', async () => {
    const policies = ['allkeys-lru', null, 'allkeys-lru', 'noeviction', 'allkeys-lru'];
    const info = async () => {
      const policy = policies.shift();
      if (!policy) throw new Error('a reason');
      return `# Memory\nmaxmemory_policy:${policy}`;
    };
    const address = { host: 'h', port: 1 };
    const redis = Object.assign(new EventEmitter(), { stream: {}, options: address, info });
    const lines: string[] = [];
    logWarnings(redis as unknown as RedisClient, 0, (line) => lines.push(line));
    const counts: number[] = [];
    while (policies.length > 0) {
      redis.emit('ready');
      await new Promise(setImmediate);
      counts.push(lines.length);
    }
    expect(counts).toEqual([1, 1, 1, 1, 2]);
  });

  it('is not there where the user may not say INFO', async () => {
    const started = await start('allkeys-lru');
    const admin = connectTo(started.server);
    await admin.acl('SETUSER', 'app', 'on', '>s3cret', '~*', '&*', '+@all', '-info');
    const app = await startApp(
      bound({ ...addressOf(started.server), username: 'app', password: 's3cret' }),
    );

    await app.http.get('/foo').expect(404);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({ warning: null, server: null });
    expect(app.lines).toEqual([expect.stringMatching(/^Redis is connected/)]);
  });

  const addressOf = ({ host, port }: RedisServer) => ({ host, port });

  async function reconnect({ app }: Started, admin: Redis): Promise<void> {
    const isReady = new Promise((resolve) => app.redis!.client.once('ready', resolve));
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await isReady;
    // Answered after the INFO that asks for the policy
    await app.redis!.client.ping();
  }
});

describe('a Redis with fewer replicas than a write waits for', () => {
  const [A, B] = [
    { host: 'a', port: 1 },
    { host: 'b', port: 1 },
  ];
  /** With a replica for each of these primaries. */
  const infoOf = (primaries: object[], replicated: object[], evictionPolicy = 'noeviction') => {
    const replicas = replicated.map((primary) => ({ ...A, primary }));
    return { evictionPolicy, primaries, replicas } as unknown as ServerInfo;
  };
  const warning = (wanted: number, found: number) =>
    `REDIS_WAIT_REPLICAS=${wanted} waits for more replicas than Redis has (${found}): each write is answered 503. Lower it, or choose a plan with replicas`;

  it.each([
    ['one, of none', [A], [], 1, 0],
    ['two, of one', [A], [A], 2, 1],
    ['one, where one of two primaries has none', [A, B], [A, A], 1, 0],
  ])('is warned of: %s', (_which, primaries, replicated, wanted, found) => {
    expect(listWarnings(infoOf(primaries, replicated), wanted)).toEqual([warning(wanted, found)]);
  });

  it.each([
    ['none, of none', [A], [], 0],
    ['one, of one', [A], [A], 1],
    ['one, where both primaries have one', [A, B], [A, B], 1],
  ])('is not that which has enough: %s', (_which, primaries, replicated, wanted) => {
    expect(listWarnings(infoOf(primaries, replicated), wanted)).toEqual([]);
  });

  it('is warned of after its eviction, of which nothing is said where it is not known', () => {
    expect(listWarnings(infoOf([A], [], 'allkeys-lru'), 1)).toEqual([
      expect.stringMatching(/^When Redis is full/),
      warning(1, 0),
    ]);
    const unknown = { ...infoOf([A], []), evictionPolicy: null };
    expect(listWarnings(unknown, 0)).toEqual([]);
  });
});
