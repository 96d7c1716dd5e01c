/** The operator's page in a real browser: each section does its main job, and people can use it. */
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { Browser, Page } from 'playwright-core';
import { type App, bound, startApp } from '../support/app.ts';
import { findCut, findEnglishOn } from '../languages/support.ts';
import { startBrowser } from '../support/browser.ts';
import { OPERATOR_PASSWORD } from '../support/operator.ts';
import {
  connectWithPassword,
  PASSWORD,
  type Replicated,
  startReplicated,
  startSentinels,
} from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { signUp } from '../support/user.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const HOSTILE = '<img src=x onerror="document.title=`owned`">:</code><script>alert(1)</script>';
const MASTER_NAME = 'main';
/** What a Sentinel answers to SENTINEL CKQUORUM, and commands. */
const OF_REDIS = /^OK \d usable Sentinels|^[A-Z]+ try/;

let servers: Replicated;
let redis: Redis;
let app: App;
let browser: Browser;
let page: Page;
/** What the console shows in red, violations of the Content-Security-Policy among it. */
let complaints: string[];

beforeAll(async () => {
  servers = await startReplicated();
  redis = connectWithPassword(servers.primary);
  const sentinels = await startSentinels(MASTER_NAME, servers, { sentinelPassword: null });
  const addresses = sentinels.map(({ host, port }) => ({ host, port }));
  const credentials = { sentinels: addresses, master_name: MASTER_NAME, password: PASSWORD };
  app = await startApp({ ...bound(credentials), OPERATOR_PASSWORD });
  browser = await startBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(10_000);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const signIn = `http://127.0.0.1:${app.port}/operator/sign-in`;
  await page.context().request.post(signIn, { form: { password: OPERATOR_PASSWORD } });
});

beforeEach(() => {
  complaints = [];
});

afterEach(() => {
  // Chromium notes by itself that nobody is signed in yet, or that a password is wrong
  expect(complaints.filter((text) => !/status of 401/.test(text))).toEqual([]);
});

async function visit(section: string, query = ''): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`http://127.0.0.1:${app.port}/operator/${query}#${section}`);
  await page.locator('h2').first().waitFor();
}

async function signIn(password = OPERATOR_PASSWORD): Promise<void> {
  await page.getByLabel('Operator password').fill(password);
  await page.keyboard.press('Enter');
}

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const fill = (name: string, text: string) =>
  page.getByRole('textbox', { name, exact: true }).fill(text);
const see = (text: string | RegExp) => page.getByText(text).first().waitFor();
const inDialog = (label: string) => page.getByRole('dialog').getByLabel(label, { exact: true });

/** What keeps people from using the page, as far as axe can tell. */
async function findBarriers(): Promise<unknown> {
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' '),
  ))`);
}

describe('without a password', () => {
  it('there is no page, and no link to it', async () => {
    const off = await startApp(bound({ host: '127.0.0.1', port: 1 }));
    await off.http
      .get('/operator/')
      .set('Accept', 'text/html')
      .expect(404, /cf set-env APP OPERATOR_PASSWORD/);
    await off.http
      .get('/')
      .set('Accept', 'text/html')
      .expect(/data-operator="off"/);
    await app.http
      .get('/')
      .set('Accept', 'text/html')
      .expect(/data-operator="on"/);
  });
});

describe('before the sign-in, the page', () => {
  it('shows nothing but the form, and says why a password is refused', async () => {
    await page.context().clearCookies();
    await visit('keys');
    await see('You are signed out after 15 minutes without a request.');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await signIn('a wrong password');
    await see('the password is wrong');
    await signIn();
    await see(/^Signs out in 1[45]:\d\d if idle$/);
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
  });
});

describe('the keys', () => {
  beforeAll(async () => {
    await redis.mset(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`user:${i}`, 'x'])));
    await redis.set(HOSTILE, HOSTILE);
    await redis.mset('drop:1', 'x', 'drop:2', 'x', 'drop:3', 'x', 'kept', 'x');
    await redis.wait(1, 5000); // the page lists the replica's keys
  });

  it('are listed by pages, and counted by prefix', async () => {
    await visit('keys');
    await see(/\d+ keys, \d+ of \d+ looked at/);
    const rows = page.locator('tbody tr');
    const [first, number] = [await rows.first().textContent(), await rows.count()];
    expect(number).toBeLessThan(200);
    await press('Next page');
    await until('another page', async () => (await rows.first().textContent()) !== first);
    const tree = page.getByRole('navigation', { name: 'Prefixes' });
    await tree.getByRole('link', { name: 'user:' }).click();
    await until('keys of the prefix', async () => {
      const names = await page.locator('tbody th').allTextContents();
      return names.length > 0 && names.every((name) => name.startsWith('user:'));
    });
  });

  it('are found by pattern and type', async () => {
    await redis.sadd('found:set', 'x');
    await redis.set('found:string', 'x');
    await visit('keys');
    await fill('Name or pattern', 'found:*');
    await page.getByLabel('Type').selectOption('set');
    await press('Search');
    await until('one key', async () => (await page.locator('tbody tr').count()) === 1);
    await page.getByRole('link', { name: 'found:set' }).click();
    await page.getByRole('heading', { name: 'found:set' }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Name or pattern').inputValue()).toBe('found:*');
  });

  it('show a hostile name and value as text', async () => {
    await visit(`keys?${new URLSearchParams({ match: '<img*' })}`);
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByRole('heading', { name: HOSTILE }).waitFor();
    expect(await page.getByLabel('Value').inputValue()).toBe(HOSTILE);
    await press('Compare primary and replicas');
    await see(/^All 2 servers have the same\.$/);
    await page.getByRole('dialog').getByText(HOSTILE).first().waitFor();
    expect(await page.locator('main img, main script, dialog img, dialog script').count()).toBe(0);
    expect(await page.title()).toBe('Keys · Operator');
  });

  it.each([
    ['list', 'Value', 'Index', 'one'],
    ['hash', 'Value', 'Field', 'one'],
    ['set', 'Value', 'Value', 'one'],
    ['zset', 'Value', 'Score', '0'],
    ['stream', 'Value', 'Fields', 'one'],
  ])('of the type %s are made, get an element and lose it', async (type, label, column) => {
    await visit('keys');
    await press('New key…');
    await inDialog('Key').fill(`new:${type}`);
    await page.getByRole('dialog').getByRole('combobox').selectOption(type);
    await inDialog(label).fill('one');
    if (type === 'hash' || type === 'stream') await inDialog('Field').fill('first');
    await press('Create');
    await page.getByRole('columnheader', { name: column, exact: true }).waitFor();
    if (type === 'hash' || type === 'stream') await see(/^first$/);
    await fill(label, 'two');
    if (type === 'hash' || type === 'stream') await fill('Field', 'second');
    await press('Add');
    await page
      .getByRole('cell', { name: 'two' })
      .or(page.getByRole('rowheader', { name: 'two' }))
      .first()
      .waitFor();
    await page
      .getByRole('button', { name: /^Remove / })
      .first()
      .click();
    await see(/^1 element$/);
    expect(await page.getByRole('textbox', { name: label, exact: true }).inputValue()).toBe('');
  });

  it('get another value, expire, do not expire, and are deleted', async () => {
    await redis.set('changed', 'before');
    await visit('keys/changed');
    await fill('Value', 'after\nanother line');
    await press('Save');
    await until('the value', async () => (await redis.get('changed')) === 'after\nanother line');
    await fill('Value', 'not saved yet');
    await fill('Expires in seconds', '100');
    await press('Set expiry');
    await see(/^in 1 min \d+ s$/);
    expect(await page.getByLabel('Value').inputValue()).toBe('not saved yet');
    await press('Remove expiry');
    await see(/^never$/);
    expect(await redis.ttl('changed')).toBe(-1);
    await press('Delete key…');
    await press('Delete');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await redis.exists('changed')).toBe(0);
  });

  it('are deleted when they are chosen', async () => {
    await redis.mset('chosen:1', 'x', 'chosen:2', 'x');
    await visit('keys?match=chosen:1*');
    await page.getByRole('checkbox', { name: 'Choose chosen:1' }).check();
    await press('Delete chosen…');
    await press('Delete');
    await see(/^0 keys, /);
    expect(await redis.exists('chosen:1', 'chosen:2')).toBe(1);
  });

  it('are counted, and deleted by pattern after the password again', async () => {
    await visit('keys?match=drop:*');
    await press('Delete by pattern…');
    expect(await inDialog('Name or pattern').inputValue()).toBe('drop:*');
    await press('Count');
    await see(/^3 keys match\.$/);
    await inDialog('Your password again').fill('a wrong password');
    await press('Delete 3 keys');
    await see('the password is wrong');
    expect(await redis.exists('drop:1', 'drop:2', 'drop:3')).toBe(3);
    await inDialog('Your password again').fill(OPERATOR_PASSWORD);
    await press('Delete 3 keys');
    await see(/^3 keys deleted\.$/);
    expect(await redis.exists('drop:1', 'drop:2', 'drop:3', 'kept')).toBe(1);
  });
});

describe('the sessions', () => {
  it('are listed, and end: one, all of a user, all', async () => {
    const [one, other] = [await signUp(app), await signUp(app)];
    await visit('sessions');
    await see(/^2 sessions of users\.$/);
    await page.getByRole('button', { name: `End the session of ${one.user} since` }).click();
    await see(/^1 session of users\.$/);
    await one.at(app).get('/session/me').expect(401);
    await page.getByRole('button', { name: `End all sessions of ${other.user}` }).click();
    await press('End');
    await see(/^0 sessions of users\.$/);
    await other.at(app).get('/session/me').expect(401);

    const third = await signUp(app);
    await press('End all sessions…');
    await inDialog('Your password again').fill(OPERATOR_PASSWORD);
    await press('End the sessions of all users');
    await see(/^1 session has ended\.$/);
    await third.at(app).get('/session/me').expect(401);
  });
});

describe('the health of Redis', () => {
  it('is said of each server, and drawn live', async () => {
    await visit('redis');
    await page
      .getByRole('heading', { name: `Primary 127.0.0.1:${servers.primary.port}` })
      .waitFor();
    await page
      .getByRole('heading', { name: `Replica 127.0.0.1:${servers.replica.port}` })
      .waitFor();
    await see(/^up, heard from \d+ s ago$/);
    const chart = page.getByRole('img', { name: /^Memory: [\d.]+ MB; highest/ });
    await chart.waitFor();
    await until('a line', async () =>
      /^M.*L/.test((await chart.locator('.line').getAttribute('d')) ?? ''),
    );
    for (const name of ['Commands', 'Slow log', 'Clients', 'Sentinels', 'Rights']) {
      await page.locator('summary', { hasText: name }).click();
    }
    await see('INFO');
    await see(/^The user may do all that is offered here/);
    await see(/^OK \d usable Sentinels/);
    expect(await findBarriers()).toEqual([]);
  });
});

describe('the console', () => {
  it('takes what is to be tried, asks before changes, and prints replies', async () => {
    await visit('console');
    await page.locator('summary', { hasText: 'Lists' }).click();
    await press('RPUSH try:list one two three');
    await press('Send');
    await see(/^this changes data/);
    await page.getByLabel('May change data').check();
    await press('Send');
    await see('(integer) 3');
    await page.getByLabel(/^Command/).fill('LPOP try:list\nLRANGE try:list 0 9');
    await page.keyboard.press('Enter');
    await see(/, one transaction$/);
    await see('1) "two"');
    await page.getByLabel(/^Command/).fill('FLUSHALL');
    await page.keyboard.press('Enter');
    await see(/^FLUSHALL is not sent from here/);
    complaints = complaints.filter((text) => !/status of (403|409)/.test(text));
  });
});

describe('the channels', () => {
  it('are listened to, and published to', async () => {
    await visit('channels');
    await press('Listen');
    await see(/^Listening to try\.$/);
    await fill('Message', HOSTILE);
    await press('Publish');
    await see(/^Received by 1 listener\.$/);
    await page.locator('.messages').getByText(HOSTILE).waitFor();
    await press('Stop');
    await see(/^Not listening\.$/);
  });
});

describe('the page', () => {
  it.each(['keys?match=user:1?', 'keys/kept', 'sessions', 'redis', 'console', 'channels'])(
    'has no barriers at #%s, and fits a phone',
    async (section) => {
      await visit(section);
      await page.getByText('Reading…').first().waitFor({ state: 'hidden' });
      expect(await findBarriers()).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await findBarriers()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      expect(await findBarriers()).toEqual([]);
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  it('says nothing in English when it is Korean, and cuts nothing off', async () => {
    await redis.set('kept', 'x');
    for (const section of ['keys', 'keys/kept', 'sessions', 'redis', 'console', 'channels']) {
      await visit(section, '?language=ko');
      await page.evaluate(
        `for (const each of document.querySelectorAll('details')) each.open = true`,
      );
      await until('all is read', async () => !(await page.innerText('main')).includes('읽는 중…'));
      expect(await findBarriers()).toEqual([]);
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const texts = await findEnglishOn(page);
        expect(texts.filter((text) => !OF_REDIS.test(text))).toEqual([]);
        expect(await findCut(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    }
    await visit('keys', '?language=en');
  });

  it('says that a session has ended elsewhere, and shows nothing more', async () => {
    await visit('keys');
    await see(/keys, /);
    for (const key of await redis.keys('_app:s:operator:*')) await redis.del(key);
    await page.getByRole('link', { name: 'Sessions' }).click();
    await see('Your session has ended. Sign in again.');
    expect(await page.locator('table').count()).toBe(0);
    await signIn();
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  });

  it('signs out', async () => {
    await visit('keys');
    await press('Sign out');
    await page.getByLabel('Operator password').waitFor();
    await visit('keys');
    await page.getByLabel('Operator password').waitFor();
    expect(await page.locator('table').count()).toBe(0);
  });
});
