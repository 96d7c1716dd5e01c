/** How long a client takes to give up, and to come back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import type { Connection } from '../../src/connection.ts';
import {
  type ClientOptions,
  createClient,
  type RedisClient,
  useOnce,
} from '../../src/redis/client.ts';
import { isReplicaAsked } from '../../src/redis/replica-reads.ts';
import { bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const SECOND = 1000; // milliseconds
const HOST = '127.0.0.1';
const ACCESS = { login: { username: null, password: null }, database: 0, tls: null };
const NODE = { host: HOST, port: 6379 };
const CONNECTIONS: Connection[] = [
  { kind: 'standalone', node: NODE, ...ACCESS },
  { kind: 'replicated', primary: NODE, reader: NODE, ...ACCESS },
  {
    kind: 'sentinel',
    sentinels: [NODE],
    masterName: 'm',
    sentinelLogin: ACCESS.login,
    ...ACCESS,
  },
  { kind: 'cluster', nodes: [NODE], ...ACCESS },
];

describe('a host that drops packets', () => {
  it('is given up within a second, and told from one that refuses', async () => {
    const server = await startRedis({ args: ['--tcp-backlog', '1'] });
    await dropPackets(server);

    const began = performance.now();
    const app = await startApp(bound({ host: HOST, port: server.port }));
    // As much again for a busy machine
    expect(performance.now() - began).toBeLessThan(2 * SECOND);
    const asked = performance.now();
    await app.http.get('/foo').expect(503, /^Redis does not answer.*security group/);
    expect(performance.now() - asked).toBeLessThan(SECOND);
    server.process.kill('SIGCONT');
    await until('the app is connected', () => app.availability.isAvailable);
  });
});

describe('a Redis that comes back', () => {
  it('is found within a second, and takes writes again', async () => {
    const server = await startRedis();
    const app = await startApp(bound({ host: HOST, port: server.port }));
    await server.stop();
    await until('Redis is away', () => !app.availability.isAvailable);
    // Of many attempts, each waits longer than the one before
    await sleep(SECOND);

    await server.restart();
    await until('the app is connected', () => app.availability.isAvailable, { limit: SECOND });
    await app.http.put('/foo').type('form').send('data=bar').expect(201);
  });

  it.each(CONNECTIONS)('is looked for twice a second, however long it was away: $kind', (one) => {
    const pauses = pausesOf(createClient(one, {}));

    for (const pause of pauses) {
      expect(pause(1)).toBeLessThanOrEqual(100);
      expect(pause(10_000)).toBe(500);
    }
  });
});

describe('a client that is to give up', () => {
  it.each(CONNECTIONS)('tries once: $kind', (connection) => {
    const pauses = pausesOf(createClient(connection, { reconnect: false }));
    for (const pause of pauses) expect(pause(1)).toBeNull();
  });
});

describe('a connection that is used once', () => {
  it('throws that the login is refused, not that the database is for want of it', async () => {
    const { host, port } = await startRedis({ password: 's3cret' });
    const login = { username: null, password: 'wr0ng' };
    const connection = { kind: 'standalone', node: { host, port }, login, database: 1, tls: null };

    const used = useOnce(connection as Connection, undefined, (redis) => redis.ping());
    await expect(used).rejects.toThrow('WRONGPASS');
  });
});

describe('a client behind Sentinel', () => {
  it('waits less than a second for the answer of a Sentinel', () => {
    const sentinel = CONNECTIONS.find(({ kind }) => kind === 'sentinel')!;
    const { options } = createClient(sentinel, {}) as Redis;
    expect(options.sentinelCommandTimeout).toBeLessThan(SECOND);
  });

  it('has one login for the Sentinels, and another for the primary', () => {
    const [login, sentinelLogin] = [
      { username: 'u', password: 'p' },
      { username: 'su', password: 's' },
    ];
    const sentinel = CONNECTIONS.find(({ kind }) => kind === 'sentinel')!;
    const connection = { ...sentinel, login, sentinelLogin } as Connection;

    expect((createClient(connection, {}) as Redis).options).toMatchObject({
      username: 'u',
      password: 'p',
      sentinelUsername: 'su',
      sentinelPassword: 's',
      name: 'm',
      role: 'master',
    });
  });
});

describe('a client', () => {
  const NEEDS = { login: { username: 'u', password: 'p' }, database: 3 };
  const ofServers = CONNECTIONS.filter(({ kind }) => kind !== 'cluster');

  it.each(ofServers)('uses the login and the database of the binding: $kind', (connection) => {
    const { options } = createClient({ ...connection, ...NEEDS }, {}) as Redis;
    expect(options).toMatchObject({ username: 'u', password: 'p', db: 3 });
  });

  it('uses the login of the binding for each node of a Cluster', () => {
    const cluster = CONNECTIONS.find(({ kind }) => kind === 'cluster')!;
    const { options } = createClient({ ...cluster, ...NEEDS }, {}) as Cluster;
    expect(options.redisOptions).toMatchObject({ username: 'u', password: 'p' });
  });

  it('looks for a failover of a Cluster every five seconds', () => {
    expect(clusterOf({}).options.slotsRefreshInterval).toBe(5000);
  });

  it('dials the nodes of a Cluster by the names in their certificates, with TLS', () => {
    const found = jest.fn();
    clusterOf({ tls: {} }).options.dnsLookup!('redis.example.com', found);
    expect(found).toHaveBeenCalledWith(null, 'redis.example.com');
  });
});

/** A client of a Cluster, which is not connected. */
function clusterOf(options: ClientOptions): Cluster {
  const connection = CONNECTIONS.find(({ kind }) => kind === 'cluster')!;
  return createClient(connection, options) as Cluster;
}

describe('reads from replicas', () => {
  it('go to the reader endpoint', () => {
    const reader = { host: 'reader', port: 1 };
    const connection: Connection = { kind: 'replicated', primary: NODE, reader, ...ACCESS };
    const { options } = createClient(connection, { fromReplica: true }) as Redis;

    expect(options).toMatchObject(reader);
  });

  it('that are not answered leave time to ask the primary within the same second', () => {
    const [server] = CONNECTIONS;
    const [primary, replica] = [false, true].map(
      (fromReplica) => (createClient(server!, { fromReplica }) as Redis).options.socketTimeout!,
    );
    expect(primary! + replica!).toBeLessThan(SECOND);
    const { maxRedirections, redisOptions } = clusterOf({ fromReplica: true }).options;
    expect([maxRedirections, redisOptions!.socketTimeout]).toEqual([1, replica]);
  });

  it.each([
    ['replicated', true],
    ['cluster', false],
  ])('reach a replica of %s as soon as it is connected: %s', (wanted, isReached) => {
    const connection = CONNECTIONS.find(({ kind }) => kind === wanted)!;
    const client = createClient(connection, { fromReplica: true });
    expect(isReplicaAsked(client)).toBe(false);
    client.status = 'ready'; // a Cluster without any replica
    expect(isReplicaAsked(client)).toBe(isReached);
    expect(isReplicaAsked(null)).toBe(false);
  });
});

/** As a server does that is so busy that its kernel takes no more connections. */
async function dropPackets({ process, port }: RedisServer): Promise<void> {
  process.kill('SIGSTOP');
  for (;;) {
    const socket = connect(port, HOST);
    stopAtEnd(async () => socket.destroy());
    const isConnected = once(socket, 'connect').then(() => true);
    if (!(await Promise.race([isConnected, sleep(100, false)]))) return;
  }
}

/** How long the client waits after a number of attempts; null: it does not try again. */
function pausesOf(client: RedisClient): ((attempt: number) => unknown)[] {
  if (client instanceof Cluster) return [client.options.clusterRetryStrategy!];
  const { retryStrategy, sentinels, sentinelRetryStrategy } = client.options;
  return [retryStrategy!, ...(sentinels ? [sentinelRetryStrategy!] : [])];
}
