/** The page in a real browser: each suite has a browser, a Redis and an instance for all its tests. */
import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { type App, bound, startApp } from '../support/app.ts';
import { startBrowser } from '../support/browser.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { type Browser as SignedIn, PASSWORD, signUp } from '../support/user.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const REDIS_PASSWORD = 's3cret';

/** Chromium notes by itself what is answered so: none of the page's doing. */
export const REDIS_AWAY = /status of 503/;
export const NOT_SIGNED_IN = /status of 401/;

export let server: RedisServer;
export let app: App;
/** A new one for each test, without cookies. */
export let page: Page;

let browser: Browser;
/** What the console shows in red, violations of the Content-Security-Policy among it. */
let complaints: string[];
let tolerated: RegExp | null;

beforeAll(async () => {
  server = await startRedis({ password: REDIS_PASSWORD, args: ['--maxmemory', '262144000'] });
  app = await startApp(environment(0));
  browser = await startBrowser();
}, 60_000);

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  complaints = [];
  tolerated = null;
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterEach(async () => {
  await page.close();
  expect(complaints.filter((text) => !tolerated?.test(text))).toEqual([]);
});

/** Of an instance of the app: all have the same Redis. */
export function environment(index: number) {
  const { host, port, password } = server;
  return {
    ...bound({ host, port, password }),
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: `${index}7c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f`,
  };
}

export async function visit({ port }: { port: number } = app, path = '/'): Promise<void> {
  await page.goto(`http://127.0.0.1:${port}${path}`);
}

/** For the rest of the test, the console may show this. */
export function tolerate(pattern: RegExp): void {
  tolerated = pattern;
}

/** Somebody new, who is signed in there: in this page's browser, once it visits the app. */
export async function signUpHere(at: App = app): Promise<SignedIn> {
  const user = await signUp(at);
  const [name, value] = user.cookie.split('=') as [string, string];
  await page.context().addCookies([{ name, value, url: `http://127.0.0.1:${at.port}` }]);
  return user;
}

export async function fillIn(name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

/** Lets seconds pass on the page, of which `page.clock` is installed, until a text is on it. */
export async function passTimeUntil(text: string | RegExp): Promise<void> {
  await until(`"${String(text)}" on the page`, async () => {
    await page.clock.runFor(1000);
    return page.getByText(text).isVisible();
  });
}

/** Waits until the headline says so. */
export async function untilSaid(text: string | RegExp): Promise<void> {
  await page.locator('h1').filter({ hasText: text }).waitFor();
}

/** Opens what is behind the user's name, or behind "Details". */
export async function open(name: string): Promise<Locator> {
  await page.getByRole('button', { name, exact: true }).click();
  return page.getByRole('dialog');
}

/** The paths that the page asks for, without those of its files. */
export function collectPaths(): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname;
    if (!path.startsWith('/assets/')) paths.push(path);
  });
  return paths;
}

export function scrollWidth(): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth');
}

/** What keeps people from using the page, as far as axe can tell. */
export async function findBarriers(): Promise<unknown> {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // what is still appearing is faint
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' '),
  ))`);
}
