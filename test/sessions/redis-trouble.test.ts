/** Sessions while Redis is in trouble, and afterwards. */
import { type App, bound, startApp } from '../support/app.ts';
import { fastest, SECOND } from '../support/fastest.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { type Browser, signUp } from '../support/user.ts';

let server: RedisServer;
let app: App;
let browser: Browser;
beforeAll(async () => {
  server = await startRedis();
  app = await startApp(bound({ host: server.host, port: server.port }));
  browser = await signUp(app);
});

/** `breakAgain` makes Redis as it was before the first request. */
function describeTrouble(breakAgain: () => Promise<void>) {
  /** Fails unless the app answers 503 in time, and leaves the cookie alone. */
  async function expectUnavailable(request: ReturnType<Browser['at']>['get'], path: string) {
    const ask = async () => {
      const { headers, text } = await request(path).expect(503);
      expect(text).toMatch(/^Redis /);
      expect(headers['retry-after']).toBe('1');
      expect(headers['set-cookie']).toBeUndefined();
    };
    expect(await fastest(ask, { before: breakAgain })).toBeLessThan(SECOND);
  }

  it.each(['/session/me', '/session/list', '/session/data'])(
    'GET %s answers 503 within a second, and the cookie stays',
    async (path) => {
      const agent = browser.at(app);
      await expectUnavailable(agent.get.bind(agent), path);
    },
  );

  it.each(['/session/sign-out', '/session/sign-out-everywhere'])(
    'POST %s does not pretend',
    async (path) => {
      const agent = browser.at(app);
      await expectUnavailable(agent.post.bind(agent), path);
    },
  );

  it('the forms are shown', async () => {
    await browser.at(app).get('/session/sign-in').expect(200);
    await browser.at(app).get('/session/sign-up').expect(200);
  });

  it('a sign-in in a browser shows the form again, with the reason', async () => {
    await app.http
      .post('/session/sign-in')
      .type('form')
      .accept('text/html')
      .send({ username: 'alice', password: 'correct horse' })
      .expect(503, /role="alert">Redis .*<\/p>.*value="alice"/s);
  });
}

describe('while Redis hangs', () => {
  // Anew for each test: the first request ends the connection, which the next does not wait for
  beforeEach(hang);
  afterEach(goOn);

  describeTrouble(async () => {
    await goOn();
    hang();
  });

  function hang() {
    server.process.kill('SIGSTOP');
  }

  async function goOn() {
    server.process.kill('SIGCONT');
    await untilAvailable();
  }
});

describe('while Redis is away', () => {
  beforeAll(() => server.stop());
  afterAll(async () => {
    await server.restart();
    await untilAvailable();
  });

  describeTrouble(() => Promise.resolve()); // it stays away
});

describe('when Redis is back, without a restart of the app', () => {
  it('users are still signed in, if Redis has kept its data', async () => {
    const somebody = await signUp(app);
    server.process.kill('SIGSTOP');
    await somebody.at(app).get('/session/me').expect(503);
    server.process.kill('SIGCONT');
    await untilAvailable();

    const { body } = await somebody.at(app).get('/session/me').expect(200);
    expect(body).toMatchObject({ user: somebody.user });
  });

  it('users are signed out and can sign up anew, if it has not', async () => {
    const somebody = await signUp(app);
    await server.stop();
    await server.restart();
    await untilAvailable();

    await somebody.at(app).get('/session/me').expect(401);
    await signUp(app, somebody.user);
  });
});

describe('while Redis is full', () => {
  it('a write answers 507 and changes nothing, reads go on, and a sign-out works', async () => {
    const somebody = await signUp(app);
    const { client } = app.redis!;
    await somebody.at(app).put('/session/data/color').type('form').send('data=blue').expect(201);
    await client!.config('SET', 'maxmemory', '1');

    await somebody.at(app).put('/session/data/color').type('form').send('data=red').expect(507);
    await somebody.at(app).get('/session/data').expect(200, { color: 'blue' });
    await somebody.at(app).post('/session/sign-out').expect(200, { ended: 1 });
    await somebody.at(app).get('/session/me').expect(401);
    await client!.config('SET', 'maxmemory', '0');
  });
});

function untilAvailable(): Promise<boolean> {
  return until('Redis is available again', () => app.availability.isAvailable);
}
