/** The operator's page in a real browser: each section does its main job, and people can use it. */
import type { Redis } from 'ioredis';
import type { Browser } from 'playwright-core';
import { findCut, findEnglishOn } from '../languages/support.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { startBrowser } from '../support/browser.ts';
import { OPERATOR_PASSWORD } from '../support/operator.ts';
import { connectWithPassword, PASSWORD, startReplicated } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { signUp } from '../support/user.ts';
import { openRoom, type Room } from './support.ts';

const MARKUP = '<img src=x onerror="document.title=`owned`">:</code><script>alert(1)</script>';

/** Commands to try. */
const COMMAND = /^[A-Z]+ try/;

let redis: Redis;
let app: App;
let browser: Browser;
let room: Room;
let page: Room['page'];

beforeAll(async () => {
  const { primary, replica } = await startReplicated();
  redis = connectWithPassword(primary);
  const reader_endpoint = `${replica.host}:${replica.port}`;
  const { host, port } = primary;
  const credentials = { host, port, password: PASSWORD, reader_endpoint };
  app = await startApp({ ...bound(credentials), OPERATOR_PASSWORD });
  browser = await startBrowser();
  room = await openRoom(browser, app);
  ({ page } = room);
  const signIn = `http://127.0.0.1:${app.port}/operator/sign-in`;
  await page.context().request.post(signIn, { form: { password: OPERATOR_PASSWORD } });
});

// Chromium notes by itself that nobody is signed in yet, or that a password is wrong
afterEach(() => expect(room.takeComplaints(401)).toEqual([]));

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
    await room.visit('keys');
    await room.see('You are signed out after 15 minutes without a request.');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await room.findBarriers()).toEqual([]);
    await room.signIn('a wrong password');
    await room.see('the password is wrong');
    await room.signIn();
    await room.see(/^Signs out in 1[45]:\d\d if idle$/);
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
  });
});

describe('the keys', () => {
  beforeAll(async () => {
    await redis.mset(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`user:${i}`, 'x'])));
    await redis.set(MARKUP, MARKUP);
    await redis.set('kept', 'x');
    await redis.wait(1, 5000); // the page lists the replica's keys
  });

  it('are listed by pages, and counted by prefix', async () => {
    await room.visit('keys');
    await room.see(/\d+ keys, \d+ of \d+ looked at/);
    const rows = page.locator('tbody tr');
    const [first, number] = [await rows.first().textContent(), await rows.count()];
    expect(number).toBeLessThan(200);
    await room.press('Next page');
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
    await room.visit('keys');
    await room.fill('Name or pattern', 'found:*');
    await page.getByLabel('Type').selectOption('set');
    await room.press('Search');
    await until('one key', async () => (await page.locator('tbody tr').count()) === 1);
    await page.getByRole('link', { name: 'found:set' }).click();
    await page.getByRole('heading', { name: 'found:set' }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Name or pattern').inputValue()).toBe('found:*');
  });

  it('show a hostile name and value as text', async () => {
    await room.visit(`keys?${new URLSearchParams({ match: '<img*' })}`);
    await page.getByRole('link', { name: MARKUP }).click();
    await page.getByRole('heading', { name: MARKUP }).waitFor();
    expect(await page.getByLabel('Value').inputValue()).toBe(MARKUP);
    await room.press('Compare primary and replicas');
    await room.see(/^All 2 servers have the same\.$/);
    await page.getByRole('dialog').getByText(MARKUP).first().waitFor();
    expect(await page.locator('main img, main script, dialog img, dialog script').count()).toBe(0);
    expect(await page.title()).toBe('Keys · Operator');
  });

  it.each([
    ['letters from right to left', '\u202Efdp.\u05D0\u05D1', '\u202Efdp.\u05D0\u05D1'],
    ['several lines', 'one\ntwo\tthree', 'one two three'],
    ['no text', Buffer.from([0xff, 0, 0x0a]), '0xff000a'],
  ])('are shown and deleted when their name has %s', async (_what, name, shown) => {
    await redis.sadd(name, 'found');
    await redis.wait(1, 5000);
    await room.visit('keys?type=set');
    await page.getByRole('link', { name: shown, exact: true }).click();
    await room.see('found');
    await room.press('Delete key…');
    await room.press('Delete');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await redis.exists(name)).toBe(0);
  });

  it('are deleted when they are chosen, also those whose names browsers take for directories', async () => {
    await redis.sadd('..', 'found');
    await redis.wait(1, 5000);
    await room.visit('keys?type=set');
    await page.getByRole('checkbox', { name: 'Choose ..' }).check();
    await room.press('Delete chosen…');
    await room.press('Delete');
    await until('the key is deleted', async () => (await redis.exists('..')) === 0);
  });

  it('of 10,000 fields are read by pages', async () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => [`field-${i}`, 'x'.repeat(100)]);
    await redis.hset('many', Object.fromEntries(fields));
    await room.visit('keys/many');
    await room.see('10,000 elements');
    const rows = page.locator('tbody tr');
    const [first, number] = [await rows.first().textContent(), await rows.count()];
    expect(number).toBeLessThan(200);
    await room.press('Next page');
    await until('another page', async () => (await rows.first().textContent()) !== first);
  });

  it('that are too large to be shown say so, and can be deleted', async () => {
    await redis.rpush('giant', Buffer.alloc(9_000_000));
    await room.visit('keys/giant');
    await room.see(/^the elements of this key have \d+ bytes on average: too large to show$/);
    await room.press('Delete key…');
    await room.press('Delete');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(await redis.exists('giant')).toBe(0);
    expect(room.takeComplaints(409)).toEqual([]);
  });
});

describe('the sessions', () => {
  it('are listed, and end: one, all of a user, all', async () => {
    const [one, other] = [await signUp(app), await signUp(app)];
    await room.visit('sessions');
    await room.see(/^2 sessions of users\.$/);
    await page.getByRole('button', { name: `End the session of ${one.user} since` }).click();
    await room.see(/^1 session of users\.$/);
    await one.at(app).get('/session/me').expect(401);
    await page.getByRole('button', { name: `End all sessions of ${other.user}` }).click();
    await room.press('End');
    await room.see(/^0 sessions of users\.$/);
    await other.at(app).get('/session/me').expect(401);

    const third = await signUp(app);
    await room.press('End all sessions…');
    await room.inDialog('Your password again').fill(OPERATOR_PASSWORD);
    await room.press('End the sessions of all users');
    await room.see(/^1 session has ended\.$/);
    await third.at(app).get('/session/me').expect(401);
  });
});

describe('the channels', () => {
  it('are listened to, and published to', async () => {
    await room.visit('channels');
    await room.press('Listen');
    await room.see(/^Listening to try\.$/);
    await room.fill('Message', MARKUP);
    await room.press('Publish');
    await room.see(/^Received by 1 listener\.$/);
    await page.locator('.messages').getByText(MARKUP).waitFor();
    await room.press('Stop');
    await room.see(/^Not listening\.$/);
  });
});

describe('the page', () => {
  it.each(['keys?match=user:1?', 'keys/kept', 'sessions', 'redis', 'console', 'channels'])(
    'has no barriers at #%s, and fits a phone',
    async (section) => {
      await room.visit(section);
      await page.getByText('Reading…').first().waitFor({ state: 'hidden' });
      expect(await room.findBarriers()).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await room.findBarriers()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      expect(await room.findBarriers()).toEqual([]);
      await page.emulateMedia({ forcedColors: 'none' });
      await page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  it('says nothing in English when it is Korean, and cuts nothing off', async () => {
    await redis.set('kept', 'x');
    for (const section of ['keys', 'keys/kept', 'sessions', 'redis', 'console', 'channels']) {
      await room.visit(section, '?language=ko');
      await page.evaluate(
        `for (const each of document.querySelectorAll('details')) each.open = true`,
      );
      await until('all is read', async () => !(await page.innerText('main')).includes('읽는 중…'));
      expect(await room.findBarriers()).toEqual([]);
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const texts = await findEnglishOn(page);
        expect(texts.filter((text) => !COMMAND.test(text))).toEqual([]);
        expect(await findCut(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    }
    await room.visit('keys', '?language=en');
  });

  it('says that a session has ended elsewhere, and shows nothing more', async () => {
    await room.visit('keys');
    await room.see(/keys, /);
    for (const key of await redis.keys('_app:s:operator:*')) await redis.del(key);
    await page.getByRole('link', { name: 'Sessions' }).click();
    await room.see('Your session has ended. Sign in again.');
    expect(await page.locator('table').count()).toBe(0);
    await room.signIn();
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  });

  it('signs out', async () => {
    await room.visit('keys');
    await room.press('Sign out');
    await page.getByLabel('Operator password').waitFor();
    await room.visit('keys');
    await page.getByLabel('Operator password').waitFor();
    expect(await page.locator('table').count()).toBe(0);
  });
});
