/** TLS to a real Redis: whom the app believes, and which versions it can speak. */
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, bound, startApp } from '../support/app.ts';
import { type Authority, type Certificate, createAuthority } from '../support/certificates.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';

const HERE = 'IP:127.0.0.1';

let authority: Authority;
let stranger: Authority;
let certificate: Certificate;
let server: RedisServer;
beforeAll(async () => {
  authority = await createAuthority();
  stranger = await createAuthority();
  certificate = await authority.issue('server', HERE);
  server = await startTlsRedis(certificate);
});

describe('a Redis with TLS', () => {
  it('is used when the binding brings the CA', async () => {
    const app = await start(server, { ca: authority.ca });

    await app.http.put('/foo').type('form').send('data=bar').expect(201);
    await app.http.get('/foo').expect(200, 'bar');
    expect(await errorOf(app)).toBeNull();
  });

  it.each([
    ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'],
    ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'],
  ])('is used when %s has the CA, also where %s has another one', async (variable, other) => {
    const env = { [variable]: authority.caFile, [other]: stranger.caFile };
    const app = await start(server, { tls: true }, env);
    const untold = await start(server, { tls: true }, { [other]: stranger.caFile });

    expect(await errorOf(app)).toBeNull();
    expect(await errorOf(untold)).toMatch(/certificate/);
  });

  it.each(['services.crt', 'services.pem'])(
    'is used when the platform trusts the CA by %s',
    async (name) => {
      const directory = await mkdtemp(join(tmpdir(), 'platform-'));
      await copyFile(authority.caFile, join(directory, name));
      const app = await start(server, { tls: true }, { CF_SYSTEM_CERT_PATH: directory });

      await app.http.put('/foo').type('form').send('data=bar').expect(201);
      await rm(directory, { recursive: true });
    },
  );

  it('is used when the operating system trusts the CA', async () => {
    const app = await start(server, { tls: true }, { SSL_CERT_FILE: authority.caFile });

    await app.http.put('/foo').type('form').send('data=bar').expect(201);
  });

  it.each([
    ['an unknown CA', { tls: true }, /authority that this app does not trust.*field "ca"/],
    ['another CA', () => ({ ca: stranger.ca }), /authority that this app does not trust/],
  ])('is refused for %s, in words', async (_name, credentials, sentence) => {
    const app = await start(
      server,
      typeof credentials === 'function' ? credentials() : credentials,
    );

    await app.http.get('/foo').expect(503, sentence);
    expect(await errorOf(app)).toMatch(sentence);
    expect(app.lines.filter((line) => sentence.test(line))).toHaveLength(1);
  });

  it('is used whoever it is with REDIS_TLS_REJECT_UNAUTHORIZED=false', async () => {
    const app = await start(server, { tls: true }, { REDIS_TLS_REJECT_UNAUTHORIZED: 'false' });

    await app.http.put('/foo').type('form').send('data=bar').expect(201);
  });

  it('is refused when its certificate has expired', async () => {
    const expired = await startTlsRedis(await authority.issue('expired', HERE, -1));
    const app = await start(expired, { ca: authority.ca });

    expect(await errorOf(app)).toMatch(/certificate that has expired/);
  });

  it('is refused when its certificate is for another host, unless that host is expected', async () => {
    const other = await startTlsRedis(await authority.issue('other', 'DNS:redis.example.com'));
    const app = await start(other, { ca: authority.ca });
    const tunnelled = await start(
      other,
      { ca: authority.ca },
      { REDIS_TLS_SERVERNAME: 'redis.example.com' },
    );

    expect(await errorOf(app)).toMatch(
      /certificate for redis\.example\.com, but the app connects to 127\.0\.0\.1.*REDIS_TLS_SERVERNAME/,
    );
    expect(await errorOf(tunnelled)).toBeNull();
  });

  it('is told from a Redis without', async () => {
    const plain = await startRedis();
    const speaksTls = await start(plain, { tls: true });
    const speaksPlain = await start(server, { tls: false });

    expect(await errorOf(speaksTls)).toMatch(/does not speak TLS at this port.*tls_enabled false/);
    expect(await errorOf(speaksPlain)).toMatch(/expects TLS at this port.*tls_enabled true/);
  });
});

describe('a Redis that wants client certificates', () => {
  it('gets the one of the binding, and refuses the app without', async () => {
    const strict = await startTlsRedis(certificate, 'yes');
    const client = await authority.issue('client', 'DNS:client');
    const withCertificate = await start(strict, {
      tls_ca: authority.ca,
      tls_certificate: await readFile(client.certificate, 'utf8'),
      tls_private_key: await readFile(client.key, 'utf8'),
    });
    const without = await start(strict, { tls_ca: authority.ca });

    await withCertificate.http.put('/foo').type('form').send('data=bar').expect(201);
    // Over TLS 1.3, the app is connected until it reads the refusal, and again at each attempt
    await until('the app asks for a client certificate', async () =>
      /a client certificate/.test((await errorOf(without)) ?? ''),
    );
  });
});

describe('GET /tls/:version/:key', () => {
  let app: App;
  beforeEach(async () => {
    app = await start(server, { ca: authority.ca });
    await app.http.put('/foo').type('form').send('data=bar').expect(201);
  });

  it.each(['v1.2', 'v1.3'])('reads the value over %s', async (version) => {
    await app.http.get(`/tls/${version}/foo`).expect(200, 'bar');
    await app.http.get(`/tls/${version}/none`).expect(404, 'key not present');
  });

  it.each([
    ['v1', /^protocol not supported: TLSv1 \(/],
    ['v1.1', /^protocol not supported: TLSv1\.1 \(/],
  ])('answers 418 for %s, which Redis does not speak', async (version, message) => {
    await app.http.get(`/tls/${version}/foo`).expect(418, message);
  });

  it('reads over the version it names, and no other', async () => {
    const only = await startTlsRedis(certificate, 'no', ['--tls-protocols', 'TLSv1.2']);
    const other = await start(only, { ca: authority.ca });
    await other.http.put('/foo').type('form').send('data=bar').expect(201);

    await other.http.get('/tls/v1.2/foo').expect(200, 'bar');
    await other.http.get('/tls/v1.3/foo').expect(418, /^protocol not supported: TLSv1\.3/);
  });

  it('answers 404 for what is no version', async () => {
    await app.http.get('/tls/v2/foo').expect(404, 'TLS versions are v1, v1.1, v1.2, v1.3');
  });

  it('answers 418 where Redis is bound without TLS', async () => {
    const plain = await startRedis();
    const other = await start(plain, {});

    await other.http.get('/tls/v1.2/foo').expect(418, /^protocol not supported/);
  });

  it('opens two connections to Redis at a time, however many ask', async () => {
    const slow = await holdConnections(server.port);
    const other = await start({ ...server, port: slow.port }, { ca: authority.ca });
    await other.http.put('/foo').type('form').send('data=bar').expect(201);
    slow.most = 0;

    const reads = Array.from({ length: 30 }, () => other.http.get('/tls/v1.3/foo'));
    const statuses = (await Promise.all(reads)).map(({ status }) => status);

    expect(slow.most).toBe(2);
    expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
    expect(statuses).toContain(200);
  });

  it('answers 503 while Redis is away: that says nothing of its versions', async () => {
    const away = await startTlsRedis(certificate);
    const other = await start(away, { ca: authority.ca });
    await away.stop();

    await other.http.get('/tls/v1.2/foo').expect(503, /^Redis /);
  });

  it.each([0, 1024 * 1024])('reads a value of %i bytes', async (length) => {
    await app.redis!.client.set('value', 'x'.repeat(length));
    await app.http.get('/tls/v1.3/value').expect(200, 'x'.repeat(length));
  });

  it('answers 409 to a value of more than 1 MB', async () => {
    await app.redis!.client.set('long', 'x'.repeat(1024 * 1024 + 1));
    await app.http.get('/tls/v1.3/long').expect(409, 'the key holds more than 1 MB');
  });

  it.each(['/tls/v1.3/_app:x', '/tls/v1.3/%zz'])('refuses %s like the key routes', async (path) => {
    const { status } = await app.http.get(path);
    expect(status).toBe(path.endsWith('x') ? 403 : 400);
  });
});

async function startTlsRedis(
  { certificate, key }: Certificate,
  clients: 'yes' | 'no' = 'no',
  args: string[] = [],
): Promise<RedisServer> {
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key];
  const trust = ['--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', clients];
  return startRedis({ tls: true, args: [...files, ...trust, ...args] });
}

function start({ host, port }: RedisServer, credentials: object, env = {}): Promise<App> {
  return startApp({ ...bound({ host, port, ...credentials }), ...env });
}

async function errorOf(app: App): Promise<string | null> {
  const { body } = await app.http.get('/').set('Accept', 'application/json').expect(200);
  return body.redis.error;
}

/** A way to a server that holds each new connection for a moment, and counts those that it holds. */
async function holdConnections(target: number) {
  const held = { port: 0, most: 0 };
  let count = 0;
  const proxy = createServer((socket) => void hold(socket)).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  stopAtEnd(async () => void proxy.close());
  held.port = (proxy.address() as AddressInfo).port;
  return held;

  async function hold(socket: Socket) {
    socket.on('error', () => {});
    held.most = Math.max(held.most, ++count);
    await sleep(100);
    count--;
    const upstream = connect(target, '127.0.0.1');
    upstream.on('error', () => {});
    pipeline(socket, upstream, socket).catch(() => {}); // one of them closes
  }
}
