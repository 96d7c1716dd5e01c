/** What the app tells of the Redis it is bound to. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Connection } from '../../src/connection.ts';
import { formatOverview, type Overview, readOverview } from '../../src/overview.ts';
import { explain } from '../../src/redis/explain.ts';
import type { BoundRedis } from '../../src/redis/bound-redis.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let server: RedisServer;
let app: App;
beforeAll(async () => {
  server = await startRedis({ password: 's3cret', args: ['--maxmemory', '262144000'] });
  const { host, port, password } = server;
  app = await startApp({
    ...bound({ host, port, password }),
    CF_INSTANCE_INDEX: '2',
    CF_INSTANCE_GUID: '12345678-aaaa-bbbb-cccc-1234567890ab',
    VCAP_APPLICATION: JSON.stringify({ name: 'my-app' }),
  });
});

describe('GET /', () => {
  it('answers JSON with all facts and no secret', async () => {
    const { body, text, headers } = await app.http
      .get('/')
      .set('Accept', 'application/json')
      .expect(200);

    expect(body).toEqual({
      app: {
        name: 'my-app',
        instance: { index: 2, guid: '12345678-aaaa-bbbb-cccc-1234567890ab' },
      },
      redis: {
        works: true,
        problem: null,
        times: { set: expect.any(Number), get: expect.any(Number), del: expect.any(Number) },
        bound: true,
        service: 'redis-service-instance',
        label: 'redis-sb',
        plan: 'shared-vm',
        topology: 'standalone',
        nodes: [{ host: '127.0.0.1', port: server.port }],
        masterName: null,
        reader: null,
        tls: false,
        username: null,
        database: 0,
        readsFrom: 'primary',
        lastFailover: null,
        server: {
          version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
          role: 'primary',
          usedMemory: expect.any(Number),
          maxMemory: 262144000,
          evictionPolicy: 'noeviction',
          clients: 1,
          commandsPerSecond: expect.any(Number),
          // The probe's own GET
          hitRate: 1,
          primaries: [{ host: '127.0.0.1', port: server.port }],
          replicas: [],
          lastSave: null,
        },
        error: null,
        warning: null,
      },
    });
    expect(text).not.toMatch(/s3cret/);
    expect(headers.vary).toBe('Accept');
    expect(headers['x-app-instance']).toBe('2/12345678');
  });

  it('answers curl with the same as aligned text', async () => {
    const { text } = await app.http.get('/').set('Accept', '*/*').expect(200);

    expect(text).toMatch(
      /^Redis works \(SET [\d.]+ ms, GET [\d.]+ ms, DEL [\d.]+ ms\)\napp {10}my-app, instance 2 \(12345678-/,
    );
    expect(text).toMatch(/^service {6}redis-service-instance \(redis-sb, plan shared-vm\)$/m);
    expect(text).toMatch(/^memory {7}\d+\.\d MB of 250\.0 MB$/m);
    expect(text).not.toMatch(/s3cret/);
  });

  it('answers a browser with the page', async () => {
    const { headers } = await app.http
      .get('/')
      .set('Accept', BROWSER)
      .expect(200, /<!doctype html>/);

    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
  });
});

describe('the text for a terminal', () => {
  const SERVER = {
    version: '7.2.4',
    role: 'primary',
    usedMemory: 1.5 * 1024 * 1024,
    maxMemory: 0,
    evictionPolicy: 'noeviction',
    clients: 1,
    commandsPerSecond: 1,
    hitRate: 1,
    primaries: [],
    replicas: [],
    lastSave: null,
  } as const;
  const REDIS: Overview['redis'] = {
    works: true,
    problem: null,
    times: { set: 1, get: 2, del: 3 },
    bound: true,
    service: 'cache',
    label: 'redis',
    plan: null,
    topology: 'standalone',
    nodes: [{ host: 'h', port: 1 }],
    masterName: null,
    reader: null,
    tls: false,
    username: null,
    database: 0,
    readsFrom: 'primary',
    lastFailover: null,
    server: { ...SERVER, primaries: [], replicas: [] },
    error: null,
    warning: null,
  };
  const format = (redis: Partial<Overview['redis']>) =>
    formatOverview({
      app: { name: 'my-app', instance: { index: 2, guid: 'a-guid' } },
      redis: { ...REDIS, ...redis },
    })
      .trimEnd()
      .split('\n');

  it('leaves out what is not known', () => {
    expect(format({})).toEqual([
      'Redis works (SET 1 ms, GET 2 ms, DEL 3 ms)',
      'app          my-app, instance 2 (a-guid)',
      'service      cache (redis)',
      'topology     standalone',
      'nodes        h:1',
      'TLS          no',
      'database     0',
      'version      7.2.4',
      'role         primary',
      'reads from   primary',
      'memory       1.5 MB used, without a limit',
      'eviction     noeviction',
    ]);
  });

  it('has a line for everything else', () => {
    const address = { host: 'r', port: 2 };
    const replica = { ...address, primary: address, state: 'online', lag: 0, behind: 7 };
    const lines = format({
      plan: 'small',
      nodes: [
        { host: 'fd00::1', port: 1 },
        { host: 'b', port: 1 },
      ],
      masterName: 'mymaster',
      reader: address,
      tls: true,
      username: 'app',
      lastFailover: { at: new Date(0), from: 'a:1', to: 'b:1' },
      server: { ...SERVER, primaries: [], replicas: [replica, replica], maxMemory: 4194304 },
      error: 'a reason',
      warning: 'a warning',
    });

    expect(lines).toEqual(
      expect.arrayContaining([
        'service      cache (redis, plan small)',
        'nodes        [fd00::1]:1, b:1',
        'master name  mymaster',
        'reader       r:2',
        'TLS          yes',
        'user name    app',
        'replicas     r:2 (online, 7 bytes behind), r:2 (online, 7 bytes behind)',
        'failover     1970-01-01T00:00:00.000Z, from a:1 to b:1',
        'memory       1.5 MB of 4.0 MB',
        'not shown    a reason',
        'warning      a warning',
      ]),
    );
  });

  it('has no line of a binding where nothing is bound', () => {
    const lines = format({
      works: false,
      problem: 'Nothing is bound',
      times: null,
      bound: false,
      service: null,
      label: null,
      topology: null,
      nodes: null,
      tls: null,
      database: null,
      readsFrom: null,
      server: null,
    });

    expect(lines).toEqual([
      'Redis does not work: Nothing is bound',
      'app          my-app, instance 2 (a-guid)',
    ]);
  });

  it('says once why Redis does not work', () => {
    const problem = 'Redis is away';
    const lines = format({ works: false, problem, times: null, server: null, error: problem });

    expect(lines[0]).toBe('Redis does not work: Redis is away');
    expect(lines.filter((line) => line.includes(problem))).toHaveLength(1);
  });
});

describe('the overview', () => {
  type Parts = Parameters<typeof readOverview>[0];
  const FAILOVER = { at: new Date(0), from: 'a:1', to: 'b:1' };
  const boundWith = (warnings: string[]) => ({
    service: null,
    connection: null,
    problem: null,
    warnings,
  });
  /** Of a Redis that answers INFO so. */
  const readOf = (info: () => Promise<string>, parts: Partial<Parts> = {}) => {
    const client = { stream: {}, options: { host: 'h', port: 1 }, info };
    return readOverview({
      instance: { appName: 'a', index: 0, guid: 'g', onPlatform: false },
      binding: boundWith([]),
      redis: { client, replica: null, failovers: { last: FAILOVER } } as unknown as BoundRedis,
      availability: { isAvailable: true, problem: null, explain },
      probe: async () => ({ works: true, problem: null, times: null }),
      waitReplicas: 1,
      ...parts,
    });
  };

  it('warns of the binding first, then of the server, and of nothing where all is well', async () => {
    const policy = async () => '# Memory\nmaxmemory_policy:allkeys-lru';
    const binding = boundWith(['Several services', 'A field']);
    const { redis } = await readOf(policy, { binding });
    expect(redis.warning).toMatch(
      /^Several services\. A field\. When Redis is full, .*\. REDIS_WAIT_REPLICAS=1 waits for/,
    );
    const well = async () => '# Replication\nslave0:ip=10.0.0.1,port=1,state=online,offset=0,lag=0';
    expect((await readOf(well)).redis.warning).toBeNull();
  });

  it('names the user and the database of the binding, and not the password', async () => {
    const connection: Connection = {
      kind: 'standalone',
      node: { host: 'h', port: 1 },
      login: { username: 'u', password: 's3cret' },
      database: 5,
      tls: null,
    };
    const overview = await readOf(async () => '', { binding: { ...boundWith([]), connection } });
    expect(overview.redis).toMatchObject({ username: 'u', database: 5, tls: false });
    expect(JSON.stringify(overview)).not.toMatch(/s3cret/);
  });

  it('has the last failover, and asks nothing of a Redis that is away', async () => {
    const info = jest.fn(async () => '# Server\nredis_version:7.2.4');
    const { redis } = await readOf(info);
    expect(redis).toMatchObject({ lastFailover: FAILOVER, readsFrom: 'primary', error: null });
    expect(redis.server).toMatchObject({ version: '7.2.4' });

    const away = { isAvailable: false, problem: 'Redis is away', explain };
    expect((await readOf(info, { availability: away })).redis).toMatchObject({
      lastFailover: FAILOVER,
      readsFrom: null,
      server: null,
      error: 'Redis is away',
    });
    expect(info).toHaveBeenCalledTimes(1);
  });

  it('says why it has nothing of the server, and what that is when only INFO is refused', async () => {
    const failWith = (message: string) => readOf(() => Promise.reject(new Error(message)));
    const refused = await failWith("NOPERM User app has no permissions to run the 'info' command");
    expect(refused.redis.server).toBeNull();
    expect(refused.redis.error).toMatch(
      /^Version, role, memory and replicas: Redis does not give its user the right to run INFO\./,
    );
    expect((await failWith('LOADING Redis')).redis.error).toMatch(
      /^Redis is still loading its data/,
    );
  });
});

describe('GET /assets/…', () => {
  it('answers with the files of the page', async () => {
    const { headers } = await app.http.get('/assets/styles/page.css').expect(200);
    expect(headers['content-type']).toBe('text/css; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
  });

  it.each(['/assets/none.css', '/assets/', '/assets/../index.html', '/assets/%2e%2e/index.html'])(
    'answers 404 to %s',
    async (path) => {
      await app.http.get(path).expect(404);
    },
  );
});

describe('GET /status/…', () => {
  it('health is "app is running"', async () => {
    await app.http.get('/status/health').expect(200, 'app is running');
  });

  it('ready tells whether the instance wants traffic', async () => {
    await app.http.get('/status/ready').expect(200, 'app is ready');
    for (const state of ['starting', 'draining'] as const) {
      app.health.state = state;
      await app.http.get('/status/ready').expect(503, `app is ${state}`);
    }
    app.health.state = 'ready';
  });

  it('metrics count answers by method and status', async () => {
    const countMissing = async () => {
      const { text } = await app.http.get('/status/metrics').expect(200);
      return Number(/^http_requests_total\{method="GET",code="404"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    await app.http.get('/no/such/path').expect(404);
    const before = await countMissing();
    for (let i = 0; i < 3; i++) await app.http.get('/no/such/path').expect(404);
    expect(await countMissing()).toBe(before + 3);

    const { text, headers } = await app.http.get('/status/metrics').expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toMatch(/^http_request_duration_seconds\{quantile="0\.95"\} 0\.\d+$/m);
    expect(text).toMatch(/^redis_up 1$/m);
  });
});

describe('a path that has two segments', () => {
  it.each(['/', '/status/health', '/status/ready', '/status/metrics', '/config/maxmemory'])(
    '%s answers 405 to other methods than GET',
    async (path) => {
      const { headers } = await app.http.put(path).expect(405);
      expect(headers.allow).toBe('HEAD, GET');
    },
  );
});

describe('a URL that is none', () => {
  it('answers 400', async () => {
    const socket = connect(app.port, '127.0.0.1');
    socket.end('GET http://[/foo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');

    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*malformed URL$/);
  });
});

describe('without a Redis', () => {
  it('the app is up and tells which commands bind one', async () => {
    const unbound = await startApp({ VCAP_APPLICATION: JSON.stringify({ name: 'my-app' }) });
    const lowerCase = ['/foo', '/config/maxmemory', '/tls/v1.2/foo', '/instances/list'];
    const paths = [...lowerCase, '/Config/maxmemory', '/TLS/v1.2/foo', '/Instances/list'];

    for (const path of paths) {
      const { text } = await unbound.http.get(path).expect(500);
      expect(text).toMatch(/^You must bind a Redis service instance to this application\./);
      expect(text.match(/^ {2}\$ .*$/gm)).toEqual([
        '  $ cf create-service redis-sb shared-vm redis-service-instance',
        '  $ cf bind-service my-app redis-service-instance',
        '  $ cf restart my-app',
      ]);
    }
    await unbound.http.put('/foo').send('data=bar').expect(500);
    await unbound.http.get('/status/health').expect(200, 'app is running');
    const { body } = await unbound.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toEqual({
      works: false,
      problem: 'You must bind a Redis service instance to this application.',
      times: null,
      bound: false,
      ...Object.fromEntries(
        ['service', 'label', 'plan', 'topology', 'nodes', 'masterName', 'reader', 'tls'].map(
          (name) => [name, null],
        ),
      ),
      username: null,
      database: null,
      readsFrom: null,
      lastFailover: null,
      server: null,
      error: null,
      warning: null,
    });
  });

  it('but with a binding that cannot be understood, the app says what is wrong with it', async () => {
    const confused = await startApp(bound({ host: 'h', port: 's3cret' }));
    const problem =
      'Service "redis-service-instance" (redis-sb) cannot be used: the field "port" is not a port';

    await confused.http.get('/foo').expect(500, problem);
    const { body } = await confused.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({ bound: true, topology: null, server: null, error: problem });
  });

  it('but with a client certificate that is none, the app says so', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nMADEUP\n-----END CERTIFICATE-----\n';
    const tls = { tls_certificate: pem, tls_private_key: pem };
    const confused = await startApp(bound({ host: 'h', tls_port: 1, ...tls }));

    await confused.http.get('/foo').expect(500, /certificates or its key are unreadable/);
  });
});
