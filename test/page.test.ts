/** The page and its forms, in a real browser. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type App, bound, startApp } from './support/app.ts';
import { startBrowser } from './support/browser.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

/** The picture that README opens with. */
const PICTURE = join(__dirname, '../.github/page.png');

const PASSWORD = 'correct horse battery staple';

/** Chromium's own note of what the contract wants: nobody is signed in yet. */
const NOBODY = /status of 401/;

let server: RedisServer;
let app: App;
let browser: Browser;
beforeAll(async () => {
  server = await startRedis({ password: 's3cret', args: ['--maxmemory', '262144000'] });
  const { host, port, password } = server;
  app = await startApp(bound({ host, port, password }));
  browser = await startBrowser();
}, 60_000);

let page: Page;
let complaints: string[];
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1100, height: 600 } });
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !NOBODY.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${app.port}/`);
  await page.getByText('Connected').waitFor();
});
afterEach(() => page.close());

describe('the page', () => {
  it('shows which Redis this is and which instance answered, without a complaint', async () => {
    const facts = await page.locator('.redis dl').innerText();

    expect(facts).toMatch(/redis-service-instance · redis-sb · shared-vm/);
    expect(facts).toMatch(/of 250\.0 MB/);
    expect(await page.locator('[data-instance]').innerText()).toMatch(/^redis-example-app 0\//);
    expect(complaints).toEqual([]);
    if (process.env.UPDATE_PICTURE) await page.screenshot({ path: PICTURE });
  });

  it('puts, gets and deletes a key, with the same for curl', async () => {
    await page.getByLabel('Key', { exact: true }).fill('greeting');
    await page.getByLabel('Value').fill("it's me");

    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();
    expect(await page.locator('[data-curl]').innerText()).toBe(
      `curl -X PUT http://127.0.0.1:${app.port}/greeting --data-urlencode 'data=it'\\''s me'`,
    );
    await page.getByRole('button', { name: 'Get' }).click();
    await page.getByText("200 it's me").waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('200 success').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a stored script as the text it is', async () => {
    await page.getByLabel('Value').fill('<script>alert(1)</script>');
    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();
    await page.getByRole('button', { name: 'Get' }).click();

    await page.getByText('200 <script>alert(1)</script>').waitFor();
    expect(complaints).toEqual([]);
  });

  it('fits on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 800 });

    expect(await scrollWidth()).toBe(360);
  });

  it('says when Redis is away, and when it is back', async () => {
    await server.stop();
    await page.getByText('Redis refuses connections').waitFor();

    await server.restart();
    await page.getByText('Connected', { exact: true }).waitFor();
  });
});

describe('signing up and in', () => {
  it('leads by a form to the page, and out again', async () => {
    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();
    await page.getByText('Connected').waitFor();

    const facts = await page.locator('.session dl').innerText();
    expect(facts).toMatch(/Begun by\s+instance 0\/\w{8}\s+Answered by\s+instance 0\/\w{8}/);
    expect(facts).toMatch(/Ends if idle\s+.*\(30 min\)\s+Ends anyway\s+.*\(12 h\)/);
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
    await page.getByText('You are not signed in.').waitFor();
    await page.getByText('1 session ended.').waitFor();
    expect(await page.locator('.session dl').isVisible()).toBe(false);
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('with a wrong password shows the form again, and why', async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillIn('ada <b>', 'wrong password');

    await page.getByText('the user name or the password is wrong').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('ada <b>');
    expect(await page.evaluate('document.activeElement.name')).toBe('username');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await scrollWidth()).toBe(360);
    expect(complaints).toEqual([]);
  });

  it('lasts until the session ends, which the page sees by itself', async () => {
    const { host, port, password } = server;
    const env = bound({ host, port, password });
    const short = await startApp({ ...env, SESSION_IDLE_TIMEOUT: '2' });
    await page.goto(`http://127.0.0.1:${short.port}/session/sign-in`);
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();

    await page.getByText('You are not signed in.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });
});

describe('somebody signed in', () => {
  beforeEach(async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();
  });
  afterEach(() => page.request.post(`http://127.0.0.1:${app.port}/session/sign-out-everywhere`));

  it('sees their other sessions, and ends one', async () => {
    await signInElsewhere();
    await page.reload();
    const sessions = page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.filter({ hasText: 'This one' }).count()).toBe(1);

    await sessions.getByRole('button', { name: 'End the session' }).press('Enter');
    await page.getByText('1 session ended.').waitFor();
    expect(await sessions.count()).toBe(1);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Signed in as ada');
    expect(complaints).toEqual([]);
  });

  it('signs out everywhere', async () => {
    await signInElsewhere();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();

    await page.getByText('2 sessions ended.').waitFor();
    await page.getByText('You are not signed in.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('finds all of it on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await scrollWidth()).toBe(360);
  });

  it('is not signed out by a Redis that is away', async () => {
    server.process.kill('SIGSTOP');
    await page.getByText('does not answer in time').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('That did not work.').waitFor();
    await page.getByText('Redis is away.').waitFor();
    expect(await page.locator('.session dl').isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);

    server.process.kill('SIGCONT');
    await page.getByText('Signed in as ada').waitFor();
  });
});

async function fillIn(name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

/** In another browser. */
async function signInElsewhere(): Promise<void> {
  await app.http.post('/session/sign-in').send({ username: 'ada', password: PASSWORD }).expect(200);
}

function scrollWidth(): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth');
}
