/** What browsers hear with every answer, whatever it is. */
import { constantHeaders } from '../../src/http/headers.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { startBrowser } from '../support/browser.ts';
import { startRedis } from '../support/redis-server.ts';
import { send } from '../support/stranger.ts';
import { type Browser, signUp } from '../support/user.ts';

let app: App;
let alice: Browser;
beforeAll(async () => {
  const server = await startRedis();
  app = await startApp(bound({ host: server.host, port: server.port }));
  alice = await signUp(app);
});

const HTML = { Accept: 'text/html' };

describe('every answer carries the headers for browsers', () => {
  it.each([
    ['get', '/', {}, 200],
    ['get', '/', HTML, 200],
    ['put', '/foo?data=bar', {}, 400],
    ['get', '/foo', {}, 404],
    ['get', '/%zz', {}, 400],
    ['get', '/_app:x', {}, 403],
    ['delete', '/foo', {}, 404],
    ['post', '/foo', {}, 405],
    ['get', '/no/such/path', {}, 404],
    ['get', '/session/me', {}, 200],
    ['get', '/session/me', { Cookie: '' }, 401],
    ['get', '/session/me', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['get', '/session/list', {}, 200],
    ['get', '/session/sign-in', HTML, 200],
    ['post', '/session/sign-in', {}, 400],
    ['post', '/session/sign-in', HTML, 400],
    ['get', '/instances/list', {}, 200],
    ['get', '/status/health', {}, 200],
    ['get', '/status/metrics', {}, 200],
    ['get', '/config/maxmemory', {}, 200],
    ['get', '/config/requirepass', {}, 403],
    ['get', '/tls/v1.2/foo', {}, 418],
    ['get', '/assets/styles/page.css', {}, 200],
  ] as const)('%s %s %j', async (method, path, sent, status) => {
    const { headers } = await alice.at(app)[method](path).set(sent).expect(status);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none';.*frame-ancestors 'none'/,
      ),
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-app-instance': expect.stringMatching(/^0\//),
    });
  });

  it.each([
    ['a URL without a path', 'GET http:// HTTP/1.1\r\nHost: app\r\n\r\n', 400],
    ['what is no request', 'GET foo\r\n\r\n', 400],
    ['headers of 32 KB', `GET /foo HTTP/1.1\r\nHost: app\r\nX: ${'x'.repeat(32_768)}\r\n\r\n`, 431],
    [
      'a chunk with an extension of 32 KB',
      `PUT /foo HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(32_768)}\r\nx\r\n`,
      413,
    ],
  ])('also to %s', async (_what, bytes, status) => {
    const { socket } = send(app.port, bytes);
    let answer = '';
    for await (const data of socket) {
      answer += String(data);
      if (answer.includes('\r\n\r\n')) break;
    }
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^Content-Security-Policy: default-src 'none';/m);
    expect(answer).toMatch(/^Strict-Transport-Security: max-age=31536000/m);
    expect(answer).toMatch(/^X-App-Instance: 0\//m);
  });

  it('while Redis is away, and while none is bound', async () => {
    const server = await startRedis();
    const lonely = await startApp(bound({ host: server.host, port: server.port }));
    await server.stop();
    const unbound = await startApp({});
    for (const [at, status] of [
      [lonely, 503],
      [unbound, 500],
    ] as const) {
      const { headers } = await at.http.get('/foo').expect(status);
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });
});

it('no answer has more of these headers, each of which costs processor time', () => {
  const instance = { appName: 'app', index: 0, guid: 'guid', onPlatform: false };
  expect(
    constantHeaders(instance)
      .map(([name]) => name.toLowerCase())
      .toSorted(),
  ).toEqual([
    'content-security-policy',
    'cross-origin-opener-policy',
    'cross-origin-resource-policy',
    'referrer-policy',
    'strict-transport-security',
    'x-app-instance',
    'x-content-type-options',
    'x-frame-options',
  ]);
});

it('pages may use their own files and ask their own app, and nothing else', async () => {
  const { headers } = await app.http.get('/').expect(200);
  expect(headers['content-security-policy']!.split(';')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
});

describe('over plain HTTP, where browsers name their site in Origin alone', () => {
  it('the forms of the app work', async () => {
    const browser = await startBrowser('--host-resolver-rules=MAP my-app.example 127.0.0.1');
    const page = await browser.newPage();
    await page.goto(`http://my-app.example:${app.port}/session/sign-up`);
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.keyboard.press('Enter');

    await page.locator('h1').getByText('ada is still signed in.').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.locator('h1').getByText('ada is signed out.').waitFor();
  });
});
