/** KEYS and DIAGNOSTICS: what an operator closes to the public, and what stays open. */
import { readConfig } from '../../src/config.ts';
import { bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { connectTo, type RedisServer, startRedis } from '../support/redis-server.ts';
import { signUp } from '../support/user.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});

const start = (env: Record<string, string>) =>
  startApp({ ...bound({ host: server.host, port: server.port }), ...env });

describe('KEYS', () => {
  it('=open, or not set, costs neither a session nor a Redis command', async () => {
    const app = await start({ KEYS: 'open' });
    const alice = await signUp(app);
    const Cookie = alice.cookie;

    const counts = await countCommands(connectTo(server), () =>
      app.http.get('/foo').set({ Cookie, 'Sec-Fetch-Site': 'cross-site' }).expect(404),
    );
    expect(counts).toEqual({ getrange: 1, type: 1 });
  });

  describe('=signed-in', () => {
    it('lets those in who are signed in, at the cost of one command', async () => {
      const app = await start({ KEYS: 'signed-in' });
      const alice = await signUp(app);
      await alice.at(app).put('/foo').type('form').send('data=bar').expect(201, 'success');
      const counts = await countCommands(connectTo(server), () =>
        alice.at(app).get('/foo').expect(200, 'bar'),
      );
      expect(counts).toEqual({ getex: 1, getrange: 1 });
      await alice.at(app).delete('/foo').expect(200, 'success');
    });

    it('answers 403 to everybody else, and says what to do', async () => {
      const app = await start({ KEYS: 'signed-in' });
      for (const method of ['put', 'get', 'delete'] as const) {
        const { text } = await app.http[method]('/foo').type('form').expect(403);
        expect(text).toMatch(/^keys are for signed-in users here \(KEYS=signed-in\): sign in with/);
      }
      await app.http
        .get('/foo')
        .set('Cookie', `session=${'A'.repeat(43)}`)
        .expect(403);
    });

    it('refuses what another site makes the browser of somebody signed in send', async () => {
      const app = await start({ KEYS: 'signed-in' });
      const alice = await signUp(app);
      const foreign = { 'Sec-Fetch-Site': 'same-site' };
      const put = () => alice.at(app).put('/foo').set(foreign).type('form').send('data=bar');
      await put().expect(403, 'refused: the request comes from another site');
      await alice.at(app).get('/foo').set(foreign).expect(403);
      await alice.at(app).delete('/foo').set(foreign).expect(403);
      await alice.at(app).get('/foo').expect(404);
    });
  });

  it.each(['/tls/v1.3/foo', '/TLS/v1/foo'])('closes %s too, which shows a key', async (path) => {
    const closed = await start({ KEYS: 'closed' });
    await closed.http.get(path).expect(403, 'the key routes are closed here (KEYS=closed)');
    const forUsers = await start({ KEYS: 'signed-in' });
    await forUsers.http.get(path).expect(403, /^keys are for signed-in users here/);
    const alice = await signUp(forUsers);
    await alice.at(forUsers).get(path).expect(418);
  });

  it('=closed answers 403 to everybody, and names the variable', async () => {
    const app = await start({ KEYS: 'closed' });
    const alice = await signUp(app);
    for (const method of ['put', 'get', 'delete', 'post'] as const) {
      await alice
        .at(app)
        [method]('/foo')
        .expect(403, 'the key routes are closed here (KEYS=closed)');
    }
    await alice.at(app).get('/session/me').expect(200);
    await app.http.get('/').expect(200);
  });

  it('=closed answers 500 while nothing is bound, and says how to bind', async () => {
    const app = await startApp({ KEYS: 'closed' });
    await app.http.get('/foo').expect(500, /^You must bind a Redis service instance/);
  });

  it('cannot be anything else', () => {
    expect(() => readConfig({ KEYS: 'shut' })).toThrow(
      'KEYS is "shut", which is neither "open" nor "signed-in" nor "closed"',
    );
  });
});

describe('DIAGNOSTICS', () => {
  const CLOSED = [
    '/',
    '/instances/list',
    '/instances/events',
    '/INSTANCES/list',
    '/status/metrics',
    '/Status/Metrics',
    '/config/maxmemory',
    '/Config/maxmemory',
    '/tls/v1.2/foo',
  ];
  const OPEN: [string, number][] = [
    ['/status/health', 200],
    ['/status/ready', 200],
    ['/session/me', 401],
    ['/session/sign-in', 200],
    ['/foo', 404],
    ['/assets/styles/page.css', 200],
  ];
  const REASONS = {
    closed: /^this is closed to the public \(DIAGNOSTICS=closed\)$/,
    operator:
      /^this is for the operator alone \(DIAGNOSTICS=operator\), who needs a password: cf set-env/,
  };

  describe.each(['closed', 'operator'] as const)('=%s', (value) => {
    it.each(CLOSED)('answers 403 to GET %s, and names the variable', async (path) => {
      const app = await start({ DIAGNOSTICS: value });
      await app.http.get(path).expect(403, REASONS[value]);
    });

    it('answers 403 to GET / as JSON as well', async () => {
      const app = await start({ DIAGNOSTICS: value });
      const { body, headers } = await app.http
        .get('/')
        .set('Accept', 'application/json')
        .expect(403);
      expect(body.error).toMatch(REASONS[value]);
      expect(headers.vary).toBe('Accept');
    });

    it.each(OPEN)('leaves %s open', async (path, status) => {
      const app = await start({ DIAGNOSTICS: value });
      await app.http.get(path).expect(status);
    });

    it('leaves the page open, which says nothing of Redis by itself', async () => {
      const app = await start({ DIAGNOSTICS: value });
      const { text } = await app.http.get('/').set('Accept', BROWSER).expect(200);
      expect(text).not.toContain(String(server.port));
    });
  });

  it('cannot be anything else', () => {
    expect(() => readConfig({ DIAGNOSTICS: 'shut' })).toThrow(
      'DIAGNOSTICS is "shut", which is neither "open" nor "operator" nor "closed"',
    );
  });
});
