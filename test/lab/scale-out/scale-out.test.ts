/** One login on many instances: the whole of it, as on a stage, with a real browser. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Foundry, useFoundries } from '../foundry/support.ts';
import { startBrowser } from '../../support/browser.ts';
import { ROOT } from '../../support/lab.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'correct horse battery staple';

const foundries = useFoundries();
let foundry: Foundry & { url: string };
let browser: Browser;
beforeAll(async () => {
  foundry = await foundries.start({ cwd: ROOT, args: ['--cpu', '0'] }); // instances start sooner
  browser = await startBrowser();
}, 60_000);

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];
let users = 0;
let user: string;
let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${foundry.url}/session/sign-up`);
  await page.getByLabel('User name').fill((user = NAMES[users++]!));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.locator('h1', { hasText: `${user} is still signed in.` }).waitFor();
});
afterEach(() => context.close());

interface Me {
  user: string;
  signedInBy: { index: number };
  servedBy: { index: number };
}

/** Asks over and over who is signed in, with the browser's cookie, until it is stopped. */
async function keepAskingWhoIsSignedIn() {
  const cookies = await context.cookies();
  const headers = { Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
  const answers: Me[] = [];
  const failures: string[] = [];
  let isOver = false;
  const askers = Array.from({ length: 4 }, askOnAndOn);

  return {
    answered: () => until('20 more answers', isAnswered(answers.length + 20)),
    async stop() {
      isOver = true;
      await Promise.all(askers);
      return { answers, failures };
    },
  };

  function isAnswered(count: number) {
    return () => answers.length >= count;
  }

  async function askOnAndOn() {
    while (!isOver) {
      try {
        const response = await fetch(`${foundry.url}/session/me`, { headers });
        if (response.ok) answers.push((await response.json()) as Me);
        else failures.push(`${response.status} ${await response.text()}`);
      } catch (error) {
        failures.push(String((error as Error).cause));
      }
      await sleep(8);
    }
  }
}

/** And until there are some more answers. */
async function askWhile(action: () => Promise<unknown>) {
  const asking = await keepAskingWhoIsSignedIn();
  await action();
  await asking.answered();
  return asking.stop();
}

const nothing = () => Promise.resolve();

const command = async (line: string) =>
  expect(await foundry.command(line)).toMatchObject({ code: 0 });
const indexes = (answers: Me[]) =>
  [...new Set(answers.map(({ servedBy }) => servedBy.index))].sort((a, b) => a - b);

it('is recognised by all instances, and the page counts them', async () => {
  await page.locator('.number', { hasText: /answers from\s+3\s+instances$/ }).waitFor();

  expect(complaints).toEqual([]);
});

it('outlives the instance that made it', async () => {
  const before = await askWhile(nothing);
  const { index } = before.answers[0]!.signedInBy;
  await command(`kill ${index}`);
  const after = await askWhile(nothing);

  expect([...before.failures, ...after.failures]).toEqual([]);
  expect(after.answers[0]).toMatchObject({ user, signedInBy: { index } });
});

it('holds while one scales in and out, and no request fails', async () => {
  const { answers, failures } = await askWhile(async () => {
    await command('scale 1');
    await command('scale 4');
  });

  expect(failures).toEqual([]);
  expect(indexes(answers)).toEqual([0, 1, 2, 3]);
  await page.locator('.lane', { hasText: 'Instance 3' }).waitFor();
  await command('scale 3');
}, 60_000);

it('holds during a rolling restart, and no request fails', async () => {
  const { answers, failures } = await askWhile(() => command('restart'));

  expect(failures).toEqual([]);
  expect(answers.length).toBeGreaterThan(100);
}, 60_000);

it('ends in all windows at once', async () => {
  const other = await context.newPage();
  await other.goto(foundry.url);
  await other.locator('h1', { hasText: `${user} is still signed in.` }).waitFor();

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await other.getByRole('link', { name: 'Sign in' }).waitFor({ timeout: 2000 });
});
