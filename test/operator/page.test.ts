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
  const [{ primary, replica }, started] = await Promise.all([startReplicated(), startBrowser()]);
  browser = started;
  redis = connectWithPassword(primary);
  const reader_endpoint = `${replica.host}:${replica.port}`;
  const { host, port } = primary;
  const credentials = { host, port, password: PASSWORD, reader_endpoint };
  app = await startApp({ ...bound(credentials), OPERATOR_PASSWORD });
  room = await openRoom(browser, app);
  ({ page } = room);
  const signIn = `http://127.0.0.1:${app.port}/operator/sign-in`;
  await page.context().request.post(signIn, { form: { password: OPERATOR_PASSWORD } });
  await room.visit('keys');
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
    await room.open('keys');
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

  it('have links to each prefix above, whatever is in it', async () => {
    await redis.set('deep:er:[x]:1', 'x');
    await redis.wait(1, 5000);
    await room.open('keys');
    const tree = page.getByRole('navigation', { name: 'Prefixes' });
    for (const name of ['deep:', 'deep:er:', 'deep:er:[x]:']) {
      const link = tree.getByRole('link', { name, exact: true });
      await until(`the tree has ${name}`, async () => {
        await tree.waitFor();
        if ((await link.count()) > 0) return true;
        // On a busy machine, the room has not looked at all keys when its time is over
        await room.open(new URL(page.url()).hash.slice(1));
        return false;
      });
      await link.click();
    }
    await page.getByRole('link', { name: 'deep:er:[x]:1' }).waitFor();
    const above = await tree.locator('.way a').allInnerTexts();
    expect(above).toEqual(['All keys', 'deep:', 'er:', '[x]:']);
    await tree.getByRole('link', { name: 'er:', exact: true }).click();
    await tree.getByRole('link', { name: 'deep:er:[x]:', exact: true }).waitFor();
  });

  it('are found by pattern and type', async () => {
    await redis.sadd('found:set', 'x');
    await redis.set('found:string', 'x');
    await room.open('keys');
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
    await room.open(`keys?${new URLSearchParams({ match: '<img*' })}`);
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
    ['a second less to live', { ttl: 99 }, 'All 2 servers have the same.'],
    ['another value', { value: 'baz' }, 'The servers differ.'],
  ])('say whether a replica has the same: with %s', async (_what, others, sentence) => {
    await redis.set('compared', 'bar');
    const copy = { type: 'string', ttl: 100, length: 3, value: 'bar' };
    const json = [
      { role: 'primary', node: '10.0.0.1:6379', ...copy },
      { role: 'replica', node: '10.0.0.2:6379', ...copy, ...others },
    ];
    await page.route('**/operator/keys/compared/copies', (route) => route.fulfill({ json }));
    await room.visit('keys?match=compared');
    await page.getByRole('link', { name: 'compared' }).click();
    await room.press('Compare primary and replicas');
    await room.see(sentence);
    await page.unroute('**/operator/keys/compared/copies');
  });

  it.each([
    ['letters from right to left', '\u202Efdp.\u05D0\u05D1', '\u202Efdp.\u05D0\u05D1'],
    ['several lines', 'one\ntwo\tthree', 'one two three'],
    ['no text', Buffer.from([0xff, 0, 0x0a]), '0xff000a'],
  ])('are shown and deleted when their name has %s', async (_what, name, shown) => {
    await redis.sadd(name, 'found');
    await redis.wait(1, 5000);
    await room.open('keys?type=set');
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
    await room.open('keys?type=set');
    await page.getByRole('checkbox', { name: 'Choose ..' }).check();
    await room.press('Delete chosen…');
    await room.press('Delete');
    await until('the key is deleted', async () => (await redis.exists('..')) === 0);
  });

  it('of 10,000 fields are read by pages', async () => {
    const fields = Array.from({ length: 10_000 }, (_, i) => [`field-${i}`, 'x'.repeat(100)]);
    await redis.hset('many', Object.fromEntries(fields));
    await room.open('keys/many');
    await room.see('10,000 elements');
    const rows = page.locator('tbody tr');
    const [first, number] = [await rows.first().textContent(), await rows.count()];
    expect(number).toBeLessThan(200);
    await room.press('Next page');
    await until('another page', async () => (await rows.first().textContent()) !== first);
  });

  it('of lists lose and get elements at the end that is chosen', async () => {
    await redis.rpush('queue', 'a', 'b', 'c');
    const untilIs = (...elements: string[]) =>
      until(
        `the list is ${elements.join()}`,
        async () => (await redis.lrange('queue', 0, -1)).join() === elements.join(),
      );
    await room.open('keys/queue');
    await room.press('Remove the first');
    await untilIs('b', 'c');
    await room.press('Remove the last');
    await untilIs('b');
    await room.fill('Value', 'z');
    await page.getByLabel('Where').selectOption('at the beginning');
    await room.press('Add');
    await untilIs('z', 'b');
  });

  it('of strings can be changed only where all of them is shown, and is text', async () => {
    const save = page.getByRole('button', { name: 'Save' });
    const next = page.getByRole('button', { name: 'Next page' });
    await redis.set('long', 'x'.repeat(70_000));
    await redis.set('raw', Buffer.from([0xff, 0]));
    await room.open('keys/kept');
    await save.waitFor();
    await room.open('keys/long');
    await next.waitFor();
    expect(await save.count()).toBe(0);
    await next.click();
    await next.waitFor({ state: 'hidden' });
    expect(await save.count()).toBe(0);
    await room.open('keys/raw');
    await room.see('0xff00');
    expect(await save.count()).toBe(0);
  });

  it('are not deleted by a pattern whose count has not come to its end', async () => {
    const line = (more: object) => `${JSON.stringify({ done: false, ...more })}\n`;
    const progress = line({ examined: 10, of: 100, found: 3, changed: 0 });
    const answers = [progress, progress + line({ problem: 'this instance stops' })];
    await page.route(/\/operator\/count\?/, (route) => route.fulfill({ body: answers.shift() }));
    await room.open('keys');
    await room.press('Delete by pattern…');
    await room.inDialog('Name or pattern').fill('x*');
    await room.press('Count');
    await room.see('The answer broke off before its end.');
    await room.press('Count');
    await room.see('this instance stops');
    expect(await page.getByRole('button', { name: /^Delete \d/ }).count()).toBe(0);
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('that are too large to be shown say so, and can be deleted', async () => {
    await redis.rpush('giant', Buffer.alloc(9_000_000));
    await room.open('keys/giant');
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
    await room.open('sessions');
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

describe('Redis', () => {
  afterEach(() => page.unrouteAll({ behavior: 'wait' }));

  /** Opens the section, in which the app answers so. */
  async function visitWith(path: string, json: unknown): Promise<void> {
    await page.route(`**/operator/redis${path}`, (route) => route.fulfill({ json }));
    await room.open('redis');
  }

  const address = '10.0.0.1:6379';
  const from = (answer: unknown) => [{ node: address, role: 'primary', answer, problem: null }];

  it('is described server by server, each in its own words', async () => {
    const master = {
      server: { valkey_version: '8.1.0', redis_version: '7.2.4' },
      persistence: {
        rdb_last_save_time: '1',
        rdb_saves: '0',
        aof_enabled: '1',
        aof_last_write_status: 'err',
      },
      stats: { keyspace_hits: '300', keyspace_misses: '100' },
      replication: {
        role: 'master',
        master_repl_offset: '1500',
        slave0: 'ip=10.0.0.2,port=6379,state=online,offset=300,lag=1',
      },
      keyspace: { db0: 'keys=1,expires=0,avg_ttl=0' },
    };
    const lost = { replication: { role: 'slave', master_link_status: 'down' } };
    await visitWith('', [
      ...from({ info: master, advice: ['delete keys'] }),
      { node: '10.0.0.2:6379', role: 'replica', problem: null, answer: { info: lost, advice: [] } },
      { node: '10.0.0.3:6379', role: 'replica', problem: 'Redis is away', answer: null },
    ]);
    await page.locator('article').nth(2).waitFor();
    const [primary, replica, away] = await page.locator('article').allInnerTexts();
    expect(primary).toMatch(/^Primary 10\.0\.0\.1:6379\s+Delete keys\s+Version\s+Valkey 8\.1\.0\s/);
    expect(primary).toMatch(/Hits\s+75\.0% of 400 reads\s+Last snapshot\s+none since the start\s/);
    expect(primary).toMatch(/Append-only file\s+on, the last write failed\s/);
    expect(primary).toMatch(
      /Replica 10\.0\.0\.2:6379\s+online, 1,200 bytes behind, heard from 1 s/,
    );
    expect(primary).toMatch(/db0\s+1 key, 0 of them expire$/);
    expect(replica).toMatch(
      /^Replica 10\.0\.0\.2:6379\s+Nothing to do\.\s+Link to primary\s+lost$/,
    );
    expect(away).toMatch(/^Replica 10\.0\.0\.3:6379\s+Redis is away$/);
  });

  it('has the rule that adds the rights that are missing', async () => {
    const right = (part: string, command: string, rule: string, allowed = false) => ({
      part,
      command,
      rule,
      allowed,
    });
    const rights = [
      right('keys', 'SCAN', '+scan', true),
      right('keys', 'MEMORY USAGE', '+memory|usage'),
      right('values', 'LLEN', '+llen'),
    ];
    await visitWith('/rights', from({ user: 'app', rights, problem: null }));
    await page.locator('summary', { hasText: 'Rights' }).click();
    await room.see('2 of 3 commands are missing. This rule adds them:');
    await room.see('ACL SETUSER app +memory|usage +llen');
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      'MEMORY USAGE\tlisting keys',
      'LLEN\tshowing values',
    ]);
  });

  it('has the commands, with the calls that failed or were refused', async () => {
    const latencies = { mean: 1.5, p50: null, p99: null, p999: null };
    const commands = [
      { command: 'GET', calls: 1200, failed: 2, rejected: 3, ...latencies },
      { command: 'OLD', calls: 1, failed: null, rejected: null, ...latencies },
    ];
    await visitWith('/commands', from(commands));
    await page.locator('summary', { hasText: 'Commands' }).click();
    await page.locator('tbody tr').nth(1).waitFor();
    expect(await page.locator('tbody tr').allInnerTexts()).toEqual([
      'GET\t1,200\t5\t1.5\t–\t–\t–',
      'OLD\t1\t–\t1.5\t–\t–\t–',
    ]);
  });

  it('has charts of the replica that is worst off', async () => {
    const replicas = [
      { behind: 10, lag: 2 },
      { behind: 2048, lag: 1 },
    ];
    const numbers = { commandsPerSecond: 5, hitRate: null, usedMemory: 2 ** 20, clients: 3 };
    const news = { topology: 'replicated', error: null, server: { ...numbers, replicas } };
    await page.route('**/instances/events', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `event: redis\ndata: ${JSON.stringify(news)}\n\n`,
      }),
    );
    await room.visit('redis');
    for (const name of [
      'Replica behind: 2.0 KB; highest in 5 minutes: 2.0 KB',
      'Replica silent for: 2.0 s; highest in 5 minutes: 2.0 s',
      'Hit rate since the start: –;',
    ])
      await page.getByRole('img', { name, exact: true }).waitFor();
  });
});

describe('the console', () => {
  it('begins another line by Shift and Enter', async () => {
    await room.open('console');
    await page.getByLabel(/^Command/).fill('GET kept');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('DBSIZE');
    await page.keyboard.press('Enter');
    await room.see(/, one transaction$/);
    expect(await page.locator('.log .sent').allInnerTexts()).toEqual(['GET kept', 'DBSIZE']);
  });
});

describe('the channels', () => {
  it('are listened to, and published to', async () => {
    await room.open('channels');
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
      await room.open(section);
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
    await room.visit('keys', '?language=ko');
    for (const section of ['keys', 'keys/kept', 'sessions', 'redis', 'console', 'channels']) {
      await room.open(section);
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

  it('is found from the page of the app, behind "Details"', async () => {
    await page.goto(`http://127.0.0.1:${app.port}/`);
    await room.press('Details');
    await page.getByRole('link', { name: 'Look into Redis as the operator' }).click();
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/operator/');
  });

  it('stays where it is when another language is chosen', async () => {
    await room.open('sessions');
    await page.getByRole('link', { name: '한국어' }).click();
    await page.locator('html[lang=ko] main h2').waitFor();
    expect(new URL(page.url()).hash).toBe('#sessions');
    await room.visit('keys', '?language=en');
  });

  it('says that a session has ended elsewhere, and shows nothing more', async () => {
    await room.open('keys');
    await room.see(/keys, /);
    for (const key of await redis.keys('_app:s:operator:*')) await redis.del(key);
    await page.getByRole('link', { name: 'Sessions' }).click();
    await room.see('Your session has ended. Sign in again.');
    expect(await page.locator('table').count()).toBe(0);
    await room.signIn();
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
  });

  it('signs out', async () => {
    await room.open('keys');
    await room.press('Sign out');
    await page.getByLabel('Operator password').waitFor();
    await room.visit('keys');
    await page.getByLabel('Operator password').waitFor();
    expect(await page.locator('table').count()).toBe(0);
  });
});
