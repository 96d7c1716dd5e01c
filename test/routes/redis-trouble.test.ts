/** What the app answers when Redis is away, hangs, is full or is about to be restarted. */
import { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import { freePort, type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { useKeys, useSessions } from '../support/usage.ts';

async function start(args: string[] = []): Promise<[RedisServer, App]> {
  const server = await startRedis({ password: 's3cret', args });
  const { host, port, password } = server;
  return [server, await startApp(bound({ host, port, password }))];
}

/** It takes ten seconds, in which the other tests run. */
let twice: Promise<void>;
beforeAll(() => {
  twice = goAwayTwice();
});

describe('while Redis is away', () => {
  let server: RedisServer;
  let app: App;
  beforeAll(async () => {
    [server, app] = await start();
    await server.stop();
  });

  it.each(['put', 'get', 'delete'] as const)('%s answers 503 within a second', async (method) => {
    const ask = () => app.http[method]('/foo').type('form').send('data=bar').expect(503);
    const { headers, text } = await ask();

    expect(await fastest(ask)).toBeLessThan(SECOND);
    expect(headers['retry-after']).toBe('1');
    expect(text).toMatch(/^Redis /);
  });

  it('GET / tells the reason, at once', async () => {
    await untilLogged(app, /refuses connections/);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);

    expect(body.redis).toMatchObject({
      bound: true,
      topology: 'standalone',
      readsFrom: null,
      server: null,
      error: expect.stringMatching(/^Redis refuses connections.*ECONNREFUSED/),
    });
  });

  it('liveness and readiness are as before, so that the route keeps its instances', async () => {
    await app.http.get('/status/health').expect(200);
    await app.http.get('/status/ready').expect(200);
    await app.http.get('/status/metrics').expect(200, /^redis_up 0$/m);
  });

  it('the other routes that need it answer 503', async () => {
    await app.http.get('/config/maxmemory').expect(503);
  });

  it('the log has one line for the change, however long it takes', async () => {
    await Promise.all(Array.from({ length: 50 }, () => app.http.get('/foo').expect(503)));

    expect(app.lines.filter((line) => /refuses connections/.test(line))).toHaveLength(1);
  });

  it('and comes back, the app goes on by itself and says so', async () => {
    await server.restart();
    await untilLogged(app, /is connected/, 2);

    await app.http.put('/foo').type('form').send('data=bar').expect(201);
    await app.http.get('/foo').expect(200, 'bar');
  });
});

describe('a Redis that is away from the start', () => {
  it('does not keep the app from starting, nor from connecting later', async () => {
    const server = await startRedis();
    await server.stop();
    const app = await startApp(bound({ host: server.host, port: server.port }));
    await app.http.get('/foo').expect(503, /refuses connections/);

    await server.restart();
    await untilLogged(app, /is connected/);
    await app.http.get('/foo').expect(404, 'key not present');
  });
});

describe('while Redis hangs', () => {
  let server: RedisServer;
  let app: App;
  beforeAll(async () => {
    [server, app] = await start();
  });
  afterEach(goOn);

  async function goOn() {
    server.process.kill('SIGCONT');
    await until('Redis is used again', () => app.availability.isAvailable);
  }

  /** Anew for each: later requests would meet a connection that is closed already. */
  async function timeInHang(ask: () => PromiseLike<unknown>): Promise<number> {
    const hang = async () => {
      server.process.kill('SIGSTOP');
      await ask();
    };
    return fastest(hang, { before: goOn });
  }

  it.each(['put', 'get', 'delete'] as const)('%s answers 503 within a second', async (method) => {
    const ask = () => app.http[method]('/foo').type('form').send('data=bar').expect(503);
    expect(await timeInHang(ask)).toBeLessThan(SECOND);
  });

  it('many requests do, and those that come later, which hear why', async () => {
    const ask = () =>
      Promise.all(Array.from({ length: 20 }, () => app.http.get('/foo').expect(503)));
    expect(await timeInHang(ask)).toBeLessThan(SECOND);
    await goOn();
    server.process.kill('SIGSTOP');
    await ask();
    const askLater = () => app.http.get('/foo').expect(503, /connections but does not answer/);
    expect(await fastest(askLater)).toBeLessThan(SECOND);

    await goOn();
    await app.http.get('/foo').expect(404);
  });
});

describe('a login that Redis refuses', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis({ password: 's3cret' });
  });

  it.each([
    ['a wrong password', { password: 'wr0ng' }, /refuses the user name or password.*bind-service/],
    ['no password', {}, /wants a password, and the binding has none/],
    ['an unknown user', { username: 'nobody', password: 's3cret' }, /refuses the user name/],
  ])('for %s is explained, without the password', async (_name, credentials, sentence) => {
    const app = await startApp(bound({ host: server.host, port: server.port, ...credentials }));

    const { text } = await app.http.get('/foo').expect(503, sentence);
    expect(text + app.lines.join()).not.toMatch(/wr0ng|s3cret/);
    expect(app.lines.filter((line) => sentence.test(line))).toHaveLength(1);
  });
});

describe('a database that Redis does not have', () => {
  it('is a problem, and database 0 stays as it is', async () => {
    const server = await startRedis();
    const app = await startApp(bound({ host: server.host, port: server.port, database: 99 }));
    const direct = new Redis({ port: server.port });
    stopAtEnd(() => direct.quit());

    await app.http
      .put('/foo')
      .type('form')
      .send('data=bar')
      .expect(503, /does not have the database/);
    expect(await direct.dbsize()).toBe(0);
  });
});

describe('a server that became a replica', () => {
  it('is left for the one that its address leads to by now', async () => {
    const [server, app] = await start();
    const direct = new Redis({ port: server.port, password: 's3cret' });
    stopAtEnd(() => direct.quit());
    await direct.replicaof('127.0.0.1', '1');
    let connections = 0;
    app.redis!.client.on('ready', () => connections++);
    await app.http
      .put('/foo')
      .type('form')
      .send('data=bar')
      .expect(503, /become a replica/);

    await until('the app has connected anew', () => connections > 0);
    await untilLogged(app, /become a replica/);
    expect(app.lines.filter((line) => /is connected/.test(line))).toHaveLength(1);
  });
});

describe('an address that leads nowhere', () => {
  it.each([
    [
      'a host that is not known',
      { host: 'redis.invalid', port: 6379 },
      /host name that cannot be resolved/,
    ],
    ['a port where nothing listens', { host: '127.0.0.1' }, /refuses connections/],
  ])('because of %s is explained', async (_name, credentials, sentence) => {
    const app = await startApp(bound({ port: await freePort(), ...credentials }));
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);

    expect(body.redis.error).toMatch(sentence);
  });
});

describe('Sentinels that are away', () => {
  it('are told to the log once, however often they are looked for', async () => {
    const sentinels = [{ host: '127.0.0.1', port: await freePort() }];
    const app = await startApp(bound({ master_name: 'm', sentinels }));
    let attempts = 0;
    app.redis!.client.on('error', () => attempts++);
    await until('Sentinels are looked for three times', () => attempts >= 3);

    expect(app.lines).toEqual([expect.stringMatching(/^Redis (has no Sentinel|refuses)/)]);
  });
});

describe('a full Redis', () => {
  let redis: Redis;
  let app: App;
  beforeAll(async () => {
    const [server, started] = await start(['--maxmemory', '3mb']);
    app = started;
    redis = new Redis({ host: server.host, port: server.port, password: 's3cret' });
    stopAtEnd(() => redis.quit());
    await redis.set('foo', 'old');
    await redis.setrange('filler', 3 * 1024 * 1024, 'x');
  });

  it('answers 507 to PUT, says what to do, and keeps the old value', async () => {
    const { text } = await app.http.put('/foo').type('form').send('data=new').expect(507);

    expect(text).toMatch(/^Redis is full.*delete keys/);
    expect(await redis.get('foo')).toBe('old');
  });

  it('still answers GET and DELETE', async () => {
    await app.http.get('/foo').expect(200, 'old');
    await app.http.delete('/filler').expect(200, 'success');
    await app.http.put('/foo').type('form').send('data=new').expect(201);
  });
});

describe('a user of Redis with few rights', () => {
  it('can use the key routes; what it may not do is a sentence', async () => {
    const rights = ['~*', '+getrange', '+set', '+del'];
    const server = await startRedis({ args: ['--user', 'app', 'on', '>p', ...rights] });
    const { host, port } = server;
    const app = await startApp(bound({ host, port, username: 'app', password: 'p' }));

    await app.http.put('/foo').type('form').send('data=bar').expect(201);
    await app.http.get('/foo').expect(200, 'bar');
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis).toMatchObject({
      server: null,
      error: expect.stringMatching(/right to run INFO\. The operator can add \+info/),
    });
    await app.http.delete('/foo').expect(200);
  });
});

describe('a Redis with renamed commands', () => {
  it('does without what brokers rename', async () => {
    const names = ['CONFIG', 'KEYS', 'FLUSHALL', 'FLUSHDB', 'BGSAVE', 'SAVE', 'DEBUG'];
    const renamed = names.flatMap((name) => ['--rename-command', name, 'x' + name]);
    const [{ host, port, password }, app] = await start(renamed);

    await useKeys(app);
    await useSessions(app, await startApp(bound({ host, port, password })));
    await app.http.get('/instances/list').expect(200);
    const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
    expect(body.redis.error).toBeNull();
  });
});

describe('a Redis that goes away twice', () => {
  it('is told to the log each time', () => twice);
});

async function goAwayTwice(): Promise<void> {
  const [server, app] = await start();
  await server.stop();
  await untilLogged(app, /refuses connections/);
  await server.restart();
  await untilLogged(app, /is connected/, 2);
  await server.stop();
  await untilLogged(app, /refuses connections/, 2);
}

/** The log is told when the state changes: asking it is asking the event. */
async function untilLogged(app: App, pattern: RegExp, times = 1): Promise<void> {
  await until(
    `${times} lines of the log that match ${String(pattern)}`,
    () => app.lines.filter((line) => pattern.test(line)).length >= times,
    { limit: 15_000 },
  );
}
