/** The page, in a real browser. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type App, bound, startApp } from './support/app.ts';
import { startBrowser } from './support/browser.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

/** The picture that README opens with. */
const PICTURE = join(__dirname, '../.github/page.png');

let server: RedisServer;
let app: App;
let browser: Browser;
beforeAll(async () => {
  server = await startRedis({ password: 's3cret', args: ['--maxmemory', '262144000'] });
  const { host, port, password } = server;
  app = await startApp(bound({ host, port, password }));
  browser = await startBrowser();
}, 60_000);

describe('the page', () => {
  let page: Page;
  let complaints: string[];
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1100, height: 600 } });
    complaints = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`http://127.0.0.1:${app.port}/`);
    await page.getByText('Connected').waitFor();
  });
  afterEach(() => page.close());

  it('shows which Redis this is and which instance answered, without a complaint', async () => {
    const facts = await page.locator('dl').innerText();

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

    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(360);
  });

  it('says when Redis is away, and when it is back', async () => {
    await server.stop();
    await page.getByText('Redis refuses connections').waitFor();

    await server.restart();
    await page.getByText('Connected', { exact: true }).waitFor();
  });
});
