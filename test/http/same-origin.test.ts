/** What pages of other sites cannot make a browser ask with its user's cookie. */
import type { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { openEvents } from '../support/events.ts';
import { navigated, OTHER_SITES } from '../support/other-sites.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';
import { type Browser, signUp } from '../support/user.ts';

let redis: Redis;
let app: App;
let alice: Browser;
beforeAll(async () => {
  const server = await startRedis();
  redis = connectTo(server);
  app = await startApp(bound({ host: server.host, port: server.port }));
  alice = await signUp(app);
});

const READS = [
  '/session/me',
  '/Session/ME',
  '/session/list',
  '/session/data',
  '/session/data/color',
  '/session/sign-in',
  '/instances/list',
  '/instances/events',
];

describe('a read that another site makes the browser send', () => {
  describe.each(OTHER_SITES)('for %s', (_what, headers) => {
    it.each(READS)('GET %s is refused, and does not renew the session', async (path) => {
      const asked = await countCommands(redis, () =>
        alice
          .at(app)
          .get(path)
          .set(headers)
          .expect(403, 'refused: the request comes from another site'),
      );
      expect(asked).toEqual({});
    });
  });

  it('is let in when the user follows a link', async () => {
    await alice.at(app).get('/session/me').set(navigated).expect(200);
    await app.http.get('/session/sign-in').set(navigated).expect(200);
  });

  it('is not let in with another method than GET, link or not', async () => {
    await alice.at(app).post('/session/sign-out').set(navigated).expect(403);
    await alice.at(app).head('/session/me').set(navigated).expect(403);
  });

  it('is let in for keys, which are for everybody', async () => {
    const [[, headers]] = OTHER_SITES as [[string, Record<string, string>]];
    await alice.at(app).get('/nothing').set(headers).expect(404);
  });
});

describe('a read from elsewhere', () => {
  it.each([
    ['the page', { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' }],
    ['the address bar', { ...navigated, 'Sec-Fetch-Site': 'none' }],
    ['curl', {}],
  ])('is let in from %s', async (_where, headers) => {
    await alice.at(app).get('/session/me').set(headers).expect(200);
    await app.http.get('/instances/list').set(headers).expect(200);
    const { status, close } = await openEvents(`http://127.0.0.1:${app.port}/instances/events`);
    expect(status).toBe(200);
    close();
  });
});
