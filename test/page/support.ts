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

const VIEWPORT = { width: 1280, height: 900 };

export let server: RedisServer;
export let app: App;
/** The page of the test, without cookies. */
export let page: Page;

let browser: Browser;
/** All tests have this page: a new one would take Chromium a second of processor time. */
let usual: Page;
/** The page of all tests that move the clock, which cannot be taken out of a page. */
let clocked: Page | undefined;
/** The app that the page shows. */
let shown: { port: number };
/** What the console shows in red, violations of the Content-Security-Policy among it. */
let complaints: string[];
let tolerated: RegExp | null;

beforeAll(async () => {
  const starting = startRedis({ password: REDIS_PASSWORD, args: ['--maxmemory', '262144000'] });
  [server, browser] = await Promise.all([starting, startBrowser()]);
  [app, usual] = await Promise.all([startApp(environment(0)), openPage()]);
  shown = app;
}, 60_000);

beforeEach(async () => {
  complaints = [];
  tolerated = null;
  await turnTo(usual);
});

afterEach(async () => {
  await leave(shown); // Chromium would start a process for another app
  expect(complaints.filter((text) => !tolerated?.test(text))).toEqual([]);
});

async function openPage(): Promise<Page> {
  const opened = await browser.newPage();
  opened.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  opened.on('pageerror', (error) => complaints.push(error.message));
  return opened;
}

/** Makes a page that of a new visitor, who has nothing of the app but its files in the cache. */
async function turnTo(next: Page): Promise<void> {
  page = next;
  await Promise.all([
    page.context().clearCookies(),
    page.context().clearPermissions(),
    page.setViewportSize(VIEWPORT),
    page.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null }),
  ]);
}

/** Leaves an app, which may stop from then on: a page that shows it would complain. */
export async function leave(to: { port: number } = app): Promise<void> {
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  page.removeAllListeners('request');
  await page.evaluate("if (origin !== 'null') sessionStorage.clear()");
  await visit(to, '/session/sign-in'); // has no scripts
}

/** Gives a test that has visited nothing yet another page, whose `clock` can be moved. */
export async function installClock(): Promise<void> {
  clocked ??= await openPage();
  await turnTo(clocked);
  await page.clock.install();
}

/** Of an instance of the app: all have the same Redis. */
export function environment(index: number) {
  const { host, port, password } = server;
  return {
    ...bound({ host, port, password }),
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: `${index}7c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f`,
  };
}

export async function visit(at: { port: number } = app, path = '/'): Promise<void> {
  shown = at;
  await page.goto(`http://127.0.0.1:${at.port}${path}`);
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

/** Visits as somebody new whose session is so short that it could end before a busy machine shows it. */
export async function visitInShortSession(short: App): Promise<void> {
  const visitor = await signUpHere(short);
  await visit(short);
  const headline = page.locator('h1').filter({ hasText: `${visitor.user} is still signed in.` });
  const isShown = async () => {
    await visitor.at(short).get('/session/me').expect(200); // keeps the session
    return headline.isVisible();
  };
  await until('the user in the headline', isShown, { pause: 100 });
}

export async function fillIn(name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

/** Lets seconds pass on the page, after `installClock`, until a text is on it. */
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
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' '),
  ))`);
}
