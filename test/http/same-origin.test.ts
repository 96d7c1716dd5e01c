/** What pages of other sites cannot make a browser ask with its user's cookie. */
import type { Redis } from 'ioredis';
import { type App, bound, startApp } from '../support/app.ts';
import { countCommands } from '../support/commands.ts';
import { openEvents } from '../support/events.ts';
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

/** What a sibling app's page makes the browser send, and how. */
const fetched = {
  'Sec-Fetch-Site': 'same-site',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Dest': 'image',
};
const navigated = {
  'Sec-Fetch-Site': 'same-site',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
};
const REFUSED: [string, Record<string, string>][] = [
  ['an image of a sibling app', fetched],
  ['a script of another site', { ...fetched, 'Sec-Fetch-Site': 'cross-site' }],
  ['a frame', { ...navigated, 'Sec-Fetch-Dest': 'iframe' }],
  ['a page that is fetched in advance', { ...navigated, 'Sec-Purpose': 'prefetch' }],
  ['a script, without TLS', { Origin: 'http://sibling.example' }],
];
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
  describe.each(REFUSED)('for %s', (_what, headers) => {
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
    await alice.at(app).get('/nothing').set(fetched).expect(404);
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
