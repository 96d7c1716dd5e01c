/** The configuration of Redis, as far as it is nobody's secret. */
import { type App, bound, startApp } from '../support/app.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

let server: RedisServer;
let app: App;
beforeAll(async () => {
  const args = ['--masterauth', 's3cret', '--maxmemory-policy', 'allkeys-lru'];
  server = await startRedis({ password: 's3cret', args });
  const { host, port, password } = server;
  app = await startApp(bound({ host, port, password }));
});

describe('GET /config/:item', () => {
  it('answers with the value', async () => {
    await app.http.get('/config/maxmemory-policy').expect(200, 'allkeys-lru');
    await app.http.get('/config/MAXMEMORY-POLICY').expect(200, 'allkeys-lru');
  });

  it('answers with an empty value', async () => {
    await app.http.get('/config/save').expect(200, '');
  });

  it('answers 404 to an item that Redis does not know', async () => {
    await app.http.get('/config/nonsense').expect(404, 'config item nonsense not found');
  });

  it.each(['*', 'requirepas%3F', 'require[p]ass', '%2A', 'a%20b', '%zz', 'maxmemory%00'])(
    'answers 400 to %s, which is no exact name',
    async (item) => {
      await app.http.get(`/config/${item}`).expect(400, /one exact name/);
    },
  );

  it.each([
    'requirepass',
    'REQUIREPASS',
    'masterauth',
    'primaryauth',
    'tls-key-file-pass',
    'tls-client-key-file-pass',
    'client-secret',
  ])('answers 403 to %s, which holds a secret', async (item) => {
    await app.http.get(`/config/${item}`).expect(403, `config item ${item} holds a secret`);
  });

  it('answers with an item that has such a word within its name, and holds none', async () => {
    await app.http.get('/config/tls-auth-clients').expect(200, 'yes');
  });

  it('answers 501 where the service has renamed CONFIG', async () => {
    const renamed = await startRedis({ args: ['--rename-command', 'CONFIG', 'abc123'] });
    const other = await startApp(bound({ host: renamed.host, port: renamed.port }));

    await other.http.get('/config/maxmemory').expect(501, /does not offer the CONFIG command/);
    await other.http.put('/foo').type('form').send('data=bar').expect(201);
  });

  it('answers 501 where the user may not say CONFIG', async () => {
    const args = ['--user', 'app', 'on', '>p', '~*', '+@all', '-config'];
    const restricted = await startRedis({ args });
    const { host, port } = restricted;
    const other = await startApp(bound({ host, port, username: 'app', password: 'p' }));

    await other.http.get('/config/maxmemory').expect(501, /does not offer the CONFIG command/);
  });
});
