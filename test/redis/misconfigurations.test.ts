/** Each misconfiguration that an operator meets: all that the app says names its cause. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Environment } from '../../src/cloudfoundry/sources.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { type Authority, type Certificate, createAuthority } from '../support/certificates.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import {
  connectTo,
  freePort,
  type RedisServer,
  startRedis,
  useServers,
} from '../support/redis-server.ts';
import { serve } from '../support/serve.ts';
import { until } from '../support/until.ts';

const HOST = '127.0.0.1';
const PASSWORD = 's3cret';
const SECRETS = /s3cret|wr0ng/;
/** What is logged repeatedly would be logged many times in it. */
const WINDOW = 3000; // milliseconds
const MOST_LINES = 3;
/** To start and to ask an app takes processor time: more would keep each other from answering in time. */
const AT_ONCE = 3;

interface Case {
  /** What the app is bound to. */
  start: () => Promise<Environment>;
  says: RegExp;
  /** The answer to GET /foo, where it is not 503 and the same sentence. */
  foo?: RegExp;
  /** A line of the log that is no less true. */
  alsoLogs?: RegExp;
}

const to = ({ port }: { port: number }, credentials = {}) =>
  bound({ host: HOST, port, ...credentials });

const CASES: Record<string, Case> = {
  // The network
  'a host that is not known': {
    start: async () => to({ port: 6379 }, { host: 'redis.invalid' }),
    says: /^Redis has a host name that cannot be resolved: redis\.invalid\./,
  },
  'a port where nothing listens': {
    start: async () => to({ port: await freePort() }),
    says: /^Redis refuses connections: nothing listens there/,
  },
  'a host that drops packets': {
    start: async () => to(await startDropping()),
    says: /^Redis does not answer\. Does an application security group forbid/,
    // By a kernel that has a place again
    alsoLogs: /^Redis accepts connections but does not answer in time/,
  },
  'a server that hangs': {
    start: async () => {
      const server = await startRedis();
      server.process.kill('SIGSTOP');
      return to(server);
    },
    says: /^Redis accepts connections but does not answer in time/,
  },
  'a web server': {
    start: async () => to({ port: Number(new URL(await serve((_, res) => res.end())).port) }),
    says: /something answers there that is not Redis/,
  },
  'a mail server': {
    start: async () => to(await startSpeaking('220 mail ESMTP ready\r\n')),
    says: /something answers there that is not Redis/,
  },
  'a memcached': {
    start: async () => to(await startSpeaking('ERROR\r\n')),
    says: /something answers there that is not Redis/,
  },

  // The login
  'a wrong password': {
    start: async () => to(await startRedis({ password: PASSWORD }), { password: 'wr0ng' }),
    says: /^Redis refuses the user name or password of the binding\. .*cf bind-service/,
  },
  'a wrong password beside a database': {
    start: async () =>
      to(await startRedis({ password: PASSWORD }), { password: 'wr0ng', database: 1 }),
    says: /^Redis refuses the user name or password of the binding\. .*cf bind-service/,
  },
  'no password': {
    start: async () => to(await startRedis({ password: PASSWORD })),
    says: /^Redis wants a password, and the binding has none/,
  },
  'a user that may not run GET': {
    start: () => startWithUser('~*', '+@all', '-get'),
    says: /right to run GET\. The operator can add \+get to its rule/,
    foo: /^404 key not present/,
  },
  "a user that may not use the app's keys": {
    start: () => startWithUser('~public:*', '+@all'),
    says: /right to keys of the app's own\. The operator can add ~_app:\*/,
    foo: /^503 .*right to this key\. The operator can add a pattern/,
  },
  'protected mode': {
    start: async () =>
      to(
        await startSpeaking(
          `-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user.\r\n`,
        ),
      ),
    says: /^Redis is in protected mode/,
  },
  'too many clients': {
    start: async () => {
      const server = await startRedis({ args: ['--maxclients', '1'] });
      await connectTo(server).ping();
      return to(server);
    },
    says: /^Redis has as many clients as it allows/,
  },

  // The state
  'a Redis that is full': {
    start: async () => to(await startRedis({ args: ['--maxmemory', '1'] })),
    says: /^Redis is full, and nothing was stored/,
    foo: /^404 key not present/,
  },
  'a Redis that cannot save': {
    start: startUnableToSave,
    says: /^Redis cannot save its data and refuses writes/,
    foo: /^404 key not present/,
  },
  'a Redis that loads its data': {
    start: startLoading,
    says: /^Redis is still loading its data/,
  },
  'a replica': {
    start: async () => to(await startReplica()),
    says: /^Redis has become a replica, or was bound as one/,
    // The second while the app looks for the primary at the same address
    foo: /^404 key not present$|^503 Redis has become a replica/,
  },
  'a renamed SET': {
    start: async () => to(await startRedis({ args: ['--rename-command', 'SET', 'x'] })),
    says: /^Redis does not know SET/,
    foo: /^404 key not present/,
  },
  'a database that is not there': {
    start: async () => to(await startRedis(), { database: 99 }),
    says: /^Redis does not have the database that the binding names/,
  },
  'more replicas asked for than there are': {
    start: async () => ({ ...to(await startRedis()), REDIS_WAIT_REPLICAS: '2' }),
    says: /fewer than 2 replicas have confirmed it within 150 ms/,
    foo: /^404 key not present/,
  },

  // TLS
  'TLS, asked of a plain port': {
    start: async () => ({ ...to(await startRedis()), tls_enabled: 'true' }),
    says: /^Redis does not speak TLS at this port.*tls_enabled false/,
  },
  'plain connections to a TLS port': {
    start: async () => to(await startOverTls()),
    says: /^Redis expects TLS at this port.*tls_enabled true/,
  },
  'a web server, asked for TLS': {
    start: async () => ({
      ...to({ port: Number(new URL(await serve((_, res) => res.end())).port) }),
      tls_enabled: 'true',
    }),
    says: /something answers there that is not Redis/,
  },
  'a server that does not answer over TLS': {
    start: async () => ({ ...to(await startSpeaking('')), tls_enabled: 'true' }),
    says: /^Redis accepts connections, so no security group forbids them/,
  },
  'an unknown authority': {
    start: async () => to(await startOverTls(), { tls: true }),
    says: /^Redis shows a certificate of an authority that this app does not trust/,
  },
  'a certificate that has expired': {
    start: async () => to(await startOverTls(certificates.expired), { ca: authority.ca }),
    says: /^Redis shows a certificate that has expired/,
  },
  'a certificate for another name': {
    start: async () => to(await startOverTls(certificates.other), { ca: authority.ca }),
    says: /^Redis shows a certificate for redis\.example\.com, but the app connects to 127\.0\.0\.1/,
  },
  'no client certificate': {
    start: async () => to(await startOverTls(certificates.good, 'yes'), { ca: authority.ca }),
    says: /^Redis breaks off the TLS handshake\. Does it want a client certificate/,
  },

  // Cluster
  'a Cluster, bound as one server': {
    start: async () => to(await startNode()),
    says: /^Redis is a Cluster, but the binding describes a single server/,
    foo: /^404 key not present/,
  },
  'one server, bound as a Cluster': {
    start: async () => to(await startRedis(), { cluster_mode: true }),
    says: /^Redis is a single server, but the binding describes a Cluster/,
  },
  'a Cluster that announces other addresses': {
    start: async () =>
      to(await startNode('--cluster-announce-ip', '127.0.0.77'), { cluster_mode: true }),
    says: /^Redis is a Cluster that announces addresses which this app cannot reach: 127\.0\.0\.77:\d+\. .*cluster-announce-ip/,
  },
  'a Cluster without its slots': {
    start: async () =>
      to(await startRedis({ args: ['--cluster-enabled', 'yes'] }), { cluster_mode: true }),
    says: /^Redis is a Cluster that is down: it serves 0 of its 16384 slots/,
  },
  'a Cluster with a wrong password': {
    start: async () => {
      const node = await startNode();
      await connectTo(node).config('SET', 'requirepass', PASSWORD);
      return to(node, { cluster_mode: true, password: 'wr0ng' });
    },
    says: /^Redis refuses the user name or password of the binding/,
  },
  'a Cluster that is not there': {
    start: async () => to({ port: await freePort() }, { cluster_mode: true }),
    says: /^Redis has no cluster node that answers\. The node 127\.0\.0\.1:\d+ refuses connections/,
  },
  'a Cluster whose host is not known': {
    start: async () => to({ port: 6379 }, { host: 'redis.invalid', cluster_mode: true }),
    says: /The node redis\.invalid:6379 has a host name that cannot be resolved/,
  },
  'a Cluster over TLS, asked at a plain port': {
    start: async () => ({ ...to(await startNode(), { cluster_mode: true }), tls_enabled: 'yes' }),
    says: /The node 127\.0\.0\.1:\d+ does not speak TLS at this port/,
  },

  // Sentinel
  'a name that the Sentinels do not know': {
    start: () => startSentinel({ master_name: 'other', sentinel_password: PASSWORD }),
    says: /^The Sentinels know no primary by the name "other": they know "m"\..*master_name/,
  },
  'a wrong password for the Sentinels': {
    start: () => startSentinel({ sentinel_password: 'wr0ng' }),
    says: /^The Sentinel 127\.0\.0\.1:\d+ refuses the password .*sentinel_password/,
  },
  'no password for the Sentinels': {
    start: () => startSentinel({}),
    says: /^The Sentinel 127\.0\.0\.1:\d+ wants a password, .*sentinel_password/,
  },
  'a wrong password behind Sentinel': {
    start: () => startSentinel({ sentinel_password: PASSWORD, password: 'wr0ng' }),
    says: /^The Sentinels name 127\.0\.0\.1:\d+ as the primary\. Redis refuses the user name/,
  },
  'Sentinels that are not there': {
    start: async () =>
      bound({ master_name: 'm', sentinels: [{ host: HOST, port: await freePort() }] }),
    says: /^Redis has no Sentinel that answers\. The Sentinel 127\.0\.0\.1:\d+ refuses connections/,
  },
  'a Redis, bound as a Sentinel': {
    start: async () =>
      bound({ master_name: 'm', sentinels: [{ host: HOST, port: (await startRedis()).port }] }),
    says: /^The Sentinel 127\.0\.0\.1:\d+ is no Sentinel, but a Redis server/,
  },
  'a Sentinel, bound as a Redis': {
    start: async () => {
      const { port } = await startOneSentinel();
      return to({ port }, { password: PASSWORD });
    },
    says: /^Redis does not know SET.*is this the port of a Sentinel/,
    alsoLogs: /^Redis does not know TIME/,
    // Without the arguments, which are people's data
    foo: /^503 Redis does not know GETRANGE.*\(ERR unknown command .getrange.\)$/,
  },

  // The binding
  'services of other kinds': {
    start: async () => bound({ uri: 'postgres://u:s3cret@h/x' }, 'postgresql'),
    says: /^You must bind a Redis .*"redis-service-instance" \(postgresql\).*REDIS_SERVICE_NAME/,
    foo: /^500 You must bind a Redis service instance to this application\. The bound/,
  },
  'VCAP_SERVICES that is no JSON': {
    start: async () => ({ VCAP_SERVICES: '{"redis": [{"password": s3cret}]}' }),
    says: /^VCAP_SERVICES is not a JSON object .*: it breaks at character 25 of 33/,
    foo: /^500 .*breaks at character 25/,
  },
  'a name that no service has': {
    start: async () => ({ ...to({ port: 1 }), REDIS_SERVICE_NAME: 'mine' }),
    says: /^REDIS_SERVICE_NAME asks for "mine", .*\(bound: "redis-service-instance"\)/,
    foo: /^500 REDIS_SERVICE_NAME asks for "mine"/,
  },
  'a field that cannot be read': {
    start: async () => bound({ host: HOST, port: 's3cret' }),
    says: /^Service "redis-service-instance" \(redis-sb\) .* the field "port" is not a port/,
    foo: /^500 .*the field "port" is not a port/,
  },
};

let authority: Authority;
let certificates: Record<'good' | 'expired' | 'other', Certificate>;
const observed: Record<string, Observed> = {};
beforeAll(async () => {
  authority = await createAuthority();
  certificates = {
    good: await authority.issue('good', `IP:${HOST}`),
    expired: await authority.issue('expired', `IP:${HOST}`, -1),
    other: await authority.issue('other', 'DNS:redis.example.com'),
  };
  const names = Object.keys(CASES);
  const environments = await Promise.all(names.map((name) => CASES[name]!.start()));
  const apps = await inTurns(environments, (environment) => startApp(environment));
  await sleep(WINDOW);
  const observations = await inTurns(apps, observe);
  names.forEach((name, i) => (observed[name] = observations[i]!));
}, 120_000);

/** Works on some of them at once. Resolves to the results, in the order of the items. */
async function inTurns<Item, Result>(
  items: Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const workAll = async () => {
    for (const [i, item] of waiting) results[i] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workAll));
  return results;
}

type Observed = Awaited<ReturnType<typeof observe>>;

/** Stops the app afterwards. */
async function observe(app: App) {
  const { http, lines } = app;
  const began = performance.now();
  const verdict = await http.get('/status/redis');
  const took = performance.now() - began;
  const text = (await http.get('/')).text;
  const { body } = await http.get('/').set('Accept', 'application/json');
  const answer = await http.get('/foo');
  const metrics = (await http.get('/status/metrics')).text;
  const all = { verdict, took, text, body, answer, metrics, lines: [...lines] };
  await app.stop();
  return all;
}

describe.each(Object.entries(CASES))('%s', (name, { says, foo, alsoLogs = /^WARNING: / }) => {
  it('is named by all that the app says', () => {
    const { verdict, took, text, body, answer, lines } = observed[name]!;
    expect(verdict.status).toBe(503);
    expect(verdict.text).toMatch(says);
    expect(took).toBeLessThan(1000);
    expect(text.split('\n')[0]).toMatch(/^Redis does not work: /);
    expect(text.split('\n')[0]!.replace('Redis does not work: ', '')).toMatch(says);
    expect(body.redis).toMatchObject({ works: false, problem: expect.stringMatching(says) });
    if (foo) expect(`${answer.status} ${answer.text}`).toMatch(foo);
    else expect([answer.status, answer.text]).toEqual([503, expect.stringMatching(says)]);
    expect(lines).toContainEqual(expect.stringMatching(says));
    expect(lines.filter((line) => !says.test(line) && !alsoLogs.test(line))).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(MOST_LINES);
    expect([text, JSON.stringify(body), answer.text, ...lines].join('\n')).not.toMatch(SECRETS);
  });
});

it.each(['no password', 'protected mode', 'too many clients', 'a Redis that loads its data'])(
  '%s counts as away, though it accepts connections',
  (name) => expect(observed[name]!.metrics).toMatch(/^redis_up 0$/m),
);

describe('a replica', () => {
  let server: RedisServer;
  let http: App['http'];
  beforeAll(async () => {
    server = await startReplica();
    http = (await startApp(to(server))).http;
  });

  it('is named by the answer to a sign-up, too', async () => {
    const fields = { username: 'alice', password: 'correct horse battery staple' };
    const { text } = await http.post('/session/sign-up').send(fields).expect(503);
    expect(text).toMatch(/^Redis has become a replica, or was bound as one/);
  });

  it('is named also while the app looks for the primary at its address', async () => {
    const redis = connectTo(server);
    const countConnections = async () =>
      Number(/^total_connections_received:(\d+)/m.exec(await redis.info('stats'))![1]);
    const before = await countConnections();
    const answers = new Set<string>();
    const hasLookedTwice = async () => {
      answers.add((await http.get('/foo')).text);
      return (await countConnections()) >= before + 2;
    };
    await until('the app connects again, twice', hasLookedTwice, { pause: 0 });
    const others = /^key not|^Redis has become a replica/;
    expect([...answers].filter((text) => !others.test(text))).toEqual([]);
  });
});

/** Of a primary that is not there. */
function startReplica(): Promise<RedisServer> {
  return startRedis({ args: ['--replicaof', `${HOST} 1`] });
}

async function startWithUser(...rules: string[]): Promise<Environment> {
  const server = await startRedis({
    args: ['--user', 'app', 'on', `>${PASSWORD}`, '&*', ...rules],
  });
  return to(server, { username: 'app', password: PASSWORD });
}

/** A server that says the same words to everybody. */
async function startSpeaking(words: string): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    if (words) socket.end(words);
  }).listen(0, HOST);
  await once(server, 'listening');
  stopAtEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return server.address() as { port: number };
}

/** As a server does that is so busy that its kernel takes no more connections. */
async function startDropping(): Promise<RedisServer> {
  const server = await startRedis({ args: ['--tcp-backlog', '1'] });
  server.process.kill('SIGSTOP');
  for (;;) {
    const socket = connect(server.port, HOST);
    stopAtEnd(async () => socket.destroy());
    const isConnected = once(socket, 'connect').then(() => true);
    if (!(await Promise.race([isConnected, sleep(500, false)]))) return server;
  }
}

async function startUnableToSave(): Promise<Environment> {
  const dir = await mkdtemp(join(tmpdir(), 'lost-'));
  const server = await startRedis({ args: ['--dir', dir, '--save', '3600 1'] });
  await rm(dir, { recursive: true });
  const redis = connectTo(server);
  await redis.bgsave();
  await until('saving has failed', async () =>
    (await redis.info('persistence')).includes('rdb_last_bgsave_status:err'),
  );
  return to(server);
}

/** It loads for longer than the suite runs. */
async function startLoading(): Promise<Environment> {
  const server = await startRedis({ args: ['--enable-debug-command', 'yes'] });
  const redis = connectTo(server);
  await redis.config('SET', 'loading-process-events-interval-bytes', '1024');
  for (let i = 0; i < 400; i++) await redis.set(`key-${i}`, 'x'.repeat(8192));
  await redis.config('SET', 'rdbcompression', 'no', 'key-load-delay', '100000');
  redis.call('DEBUG', 'RELOAD').catch(() => {});
  const other = new Redis({ port: server.port, enableReadyCheck: false, protocol: 2 });
  stopAtEnd(async () => other.disconnect());
  await until('it loads', async () => (await other.ping().catch(String)).includes('LOADING'));
  return to(server);
}

async function startOverTls(certificate = certificates.good, clients = 'no'): Promise<RedisServer> {
  const files = ['--tls-cert-file', certificate.certificate, '--tls-key-file', certificate.key];
  const trust = ['--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', clients];
  return startRedis({ tls: true, args: [...files, ...trust] });
}

/** A Cluster of one node, which has all slots. */
async function startNode(...args: string[]): Promise<RedisServer> {
  const server = await startRedis({ args: ['--cluster-enabled', 'yes', ...args] });
  const redis = connectTo(server);
  await redis.cluster('ADDSLOTSRANGE', 0, 16383);
  await until('the Cluster is well', async () =>
    String(await redis.cluster('INFO')).includes('cluster_state:ok'),
  );
  return server;
}

async function startOneSentinel(): Promise<{ port: number }> {
  const { port } = await startRedis({ password: PASSWORD });
  const servers = await useServers();
  const configuration = [
    `sentinel monitor m ${HOST} ${port} 1`,
    `sentinel auth-pass m ${PASSWORD}`,
  ];
  return servers.start({ name: 'sentinel', password: PASSWORD, isSentinel: true, configuration });
}

async function startSentinel(credentials: object): Promise<Environment> {
  const { port } = await startOneSentinel();
  const sentinels = [{ host: HOST, port }];
  return bound({ master_name: 'm', password: PASSWORD, sentinels, ...credentials });
}
