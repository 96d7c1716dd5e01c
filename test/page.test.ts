/** The page and its forms, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Browser, Page, Route } from 'playwright-core';
import { type App, bound, startApp } from './support/app.ts';
import { startBrowser } from './support/browser.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';
import { connectWithPassword } from './support/topologies.ts';
import { signIn, signUp } from './support/user.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const PASSWORD = 'correct horse battery staple';

/** Chromium notes by itself what is answered so: none of the page's doing. */
const REDIS_AWAY = /status of 503/;
const NOT_SIGNED_IN = /status of 401/;

let server: RedisServer;
let app: App;
let browser: Browser;
beforeAll(async () => {
  server = await startRedis({ password: 's3cret', args: ['--maxmemory', '262144000'] });
  app = await startApp(environment(0));
  browser = await startBrowser();
}, 60_000);

/** Of an instance of the app: all have the same Redis. */
function environment(index: number) {
  const { host, port, password } = server;
  return {
    ...bound({ host, port, password }),
    CF_INSTANCE_INDEX: String(index),
    CF_INSTANCE_GUID: `${index}7c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f`,
  };
}

let page: Page;
/** What the console shows in red, violations of the Content-Security-Policy among it. */
let complaints: string[];
let tolerated: RegExp | null;
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  complaints = [];
  tolerated = null;
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`http://127.0.0.1:${app.port}/`);
  await page.getByText('Connected', { exact: true }).waitFor();
});
afterEach(async () => {
  await page.close();
  expect(complaints.filter((text) => !tolerated?.test(text))).toEqual([]);
});

describe('the page', () => {
  it('shows which Redis this is, how it is, and which instance answered', async () => {
    await page.getByText('Live', { exact: true }).waitFor();

    const redis = await page.locator('.redis').innerText();
    expect(redis).toMatch(/Service\s+redis-service-instance\s+Offering\s+redis-sb\s+Plan\s+shared/);
    expect(redis).toMatch(/Role\s+primary/);
    expect(redis).toMatch(/Memory\s+\d+\.\d MB of 250\.0 MB/);
    expect(await page.getByRole('meter', { name: 'Memory' }).getAttribute('aria-valuemax')).toBe(
      '262144000',
    );
    expect(await page.getByRole('img').getAttribute('aria-label')).toMatch(
      RegExp(`^App 0 use Primary 127.0.0.1:${server.port}\\.$`),
    );
    expect(await page.locator('[data-instance]').innerText()).toBe('instance 0/07c9bb3d');
  });

  it('asks nothing about a session of visitors who have none', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
    await page.waitForTimeout(1500);

    expect(asked).toContain('/instances/events');
    expect(asked.filter((path) => path.startsWith('/session'))).toEqual([]);
  });

  it('shows the instances as they come and go', async () => {
    const cards = page.getByRole('list', { name: 'Instances' }).getByRole('listitem');
    const another = await startApp(environment(1));
    await page.getByText('2 instances run').waitFor();
    expect(await cards.allInnerTexts()).toEqual([
      expect.stringMatching(/^Instance 0\s+07c9bb3d\s+Latest\s+Requests\s+[\d.]+\/s\s+p95/),
      expect.stringMatching(/^Instance 1\s+17c9bb3d\s+Requests\s+[\d.]+\/s\s+p95.*Memory\s+\d+/s),
    ]);

    await another.stop();
    await page.getByText('1 instance runs').waitFor();
    expect(await cards.count()).toBe(1);
  });

  it('puts, gets and deletes a key, with the same for curl', async () => {
    await page.getByLabel('Key', { exact: true }).fill('greeting');
    await page.getByLabel('Value').fill("it's me");

    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();
    const line = `curl -X PUT http://127.0.0.1:${app.port}/greeting --data-urlencode 'data=it'\\''s me'`;
    expect(await page.locator('[data-curl]').innerText()).toBe(line);
    await page.getByRole('button', { name: 'Get' }).click();
    await page.getByText("200 it's me").waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('200 success').waitFor();
  });

  it('copies the line for curl', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();

    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      await page.locator('[data-curl]').innerText(),
    );
  });

  it('shows a stored script as the text it is', async () => {
    await page.getByLabel('Value').fill('<script>alert(1)</script>');
    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();
    await page.getByRole('button', { name: 'Get' }).click();

    await page.getByText('200 <script>alert(1)</script>').waitFor();
  });

  it('says when Redis is away, and is live again when it is back', async () => {
    tolerated = REDIS_AWAY;
    await server.stop();
    await page.getByText('Redis refuses connections').waitFor();
    await page.getByText('Not measured at the moment').waitFor();
    expect(await page.locator('.redis .tiles').innerText()).toMatch(/Clients\s+–/);
    await page.getByText('while Redis is away nobody can be').waitFor();

    await server.restart();
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByText('1 instance runs').waitFor();
    await page.getByText('You are not signed in.', { exact: true }).waitFor();
    expect(await page.locator('.redis .tiles').innerText()).toMatch(/Clients\s+\d/);
  });

  it.each([360, 1280, 1920])('fits into %d pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await scrollWidth()).toBe(width);
  });

  it.each(['light', 'dark'] as const)('is accessible in the %s scheme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findBarriers()).toEqual([]);
  });
});

describe('the page, in trouble,', () => {
  it('says what a Redis that evicts drops when it is full', async () => {
    await connectWithPassword(server, null, 's3cret').config(
      'SET',
      'maxmemory-policy',
      'volatile-lru',
    );
    await page
      .getByText('When Redis is full, it drops sessions and the counters of failed sign-ins')
      .waitFor();
    expect(await findBarriers()).toEqual([]);

    await connectWithPassword(server, null, 's3cret').config(
      'SET',
      'maxmemory-policy',
      'noeviction',
    );
    await page.locator('[data-warning]').waitFor({ state: 'hidden' });
  });

  it('says who is signed in though too many pages are open, and asks for room less and less often', async () => {
    tolerated = /status of (401|503)/;
    await page.clock.install();
    let asked = 0;
    await page.route('**/instances/events', (route) => {
      asked++;
      return route.fulfill({ status: 503, headers: { 'Retry-After': '10' } });
    });
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
    await page.getByText('Not connected: trying again…').waitFor();
    for (let second = 0; second < 120; second++) await page.clock.runFor(1000);

    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(10);
    await page.unrouteAll({ behavior: 'wait' });
    await page.clock.runFor(60_000);
    await page.getByText('Live', { exact: true }).waitFor();
  });
});

describe.each(['closed', 'operator'])('with DIAGNOSTICS=%s, the page', (DIAGNOSTICS) => {
  const SENTENCES: Record<string, string> = {
    closed: 'Closed to the public here (DIAGNOSTICS=closed).',
    operator: 'For the operator alone (DIAGNOSTICS=operator), who cannot sign in here yet.',
  };
  let closed: App;
  let asked: string[];
  beforeEach(async () => {
    tolerated = NOT_SIGNED_IN;
    closed = await startApp({ ...environment(2), DIAGNOSTICS });
    asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`http://127.0.0.1:${closed.port}/`);
    await page.getByText('You are not signed in.').waitFor();
  });
  afterEach(() => closed.stop());

  it('says so in a sentence, and asks for nothing that is closed', async () => {
    for (const name of ['.instances', '.redis']) {
      expect(await page.locator(name).innerText()).toContain(SENTENCES[DIAGNOSTICS]);
    }
    await page.waitForTimeout(2500); // in which it would have tried again
    expect(asked.filter((path) => !path.startsWith('/assets/'))).toEqual(['/', '/session/me']);
  });

  it.each([360, 1280])('fits into %d pixels, without barriers', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await scrollWidth()).toBe(width);
    expect(await findBarriers()).toEqual([]);
  });

  it('is there for keys, for signing in, and to see who answers', async () => {
    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();

    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn(`user-of-${DIAGNOSTICS}`);
    await page.getByText(`Signed in as user-of-${DIAGNOSTICS}`).waitFor();
    await page.getByText(/^Signed in by instance 2, served by 2: \d+ answers\.$/).waitFor();
    expect(await page.getByText('gone', { exact: true }).isVisible()).toBe(false);

    const elsewhere = await signIn(closed, `user-of-${DIAGNOSTICS}`);
    await elsewhere.at(closed).post('/session/sign-out-everywhere').expect(200);
    await page.getByText('You are not signed in: the session has ended.').waitFor();
    expect(await page.getByText('The login was lost.').isVisible()).toBe(false);
  });

  it('sees by itself that the idle timeout is over', async () => {
    const short = await startApp({ ...environment(2), DIAGNOSTICS, SESSION_IDLE_TIMEOUT: '2' });
    await page.goto(`http://127.0.0.1:${short.port}/session/sign-up`);
    await fillIn(`idle-with-${DIAGNOSTICS}`);
    await page.getByText(`Signed in as idle-with-${DIAGNOSTICS}`).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();

    await page.getByText('no request came within the idle timeout').waitFor();
    await short.stop();
  });

  it('says that Redis is away, and is there again when Redis is back', async () => {
    tolerated = /status of (401|503)/;
    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn(`patient-with-${DIAGNOSTICS}`);
    await page.getByText(`Signed in as patient-with-${DIAGNOSTICS}`).waitFor();
    server.process.kill('SIGSTOP');
    await page.getByText('Redis is away.').waitFor();
    await page.reload();
    await page.getByText('Redis is away.').waitFor();

    server.process.kill('SIGCONT');
    await page.getByText(`Signed in as patient-with-${DIAGNOSTICS}`).waitFor();
  });

  it('says when there is no Redis', async () => {
    tolerated = /status of (401|500)/;
    const unbound = await startApp({ DIAGNOSTICS });
    await page.goto(`http://127.0.0.1:${unbound.port}/`);
    await page.locator('.session').getByText('There are no sessions without Redis.').waitFor();
  });
});

describe('with KEYS', () => {
  let closed: App;
  afterEach(() => closed.stop());

  it('=closed, the page says so in the place of the form', async () => {
    closed = await startApp({ ...environment(3), KEYS: 'closed' });
    await page.goto(`http://127.0.0.1:${closed.port}/`);
    await page.getByText('Keys are closed here (KEYS=closed).').waitFor();
    expect(await page.getByRole('button', { name: 'Put' }).isVisible()).toBe(false);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('=signed-in, the page says so, and the form works for those who are', async () => {
    tolerated = /status of 403/;
    closed = await startApp({ ...environment(3), KEYS: 'signed-in' });
    await page.goto(`http://127.0.0.1:${closed.port}/`);
    await page.getByText('Keys are for signed-in users here (KEYS=signed-in).').waitFor();
    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('403 keys are for signed-in users here').waitFor();

    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn('keeper');
    await page.getByText('Signed in as keeper').waitFor();
    await page.getByRole('button', { name: 'Put' }).click();
    await page.getByText('201 success').waitFor();
  });
});

describe('signing up and in', () => {
  it('leads by a form to the page, and out again', async () => {
    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();
    await page.getByText('Connected').waitFor();

    const facts = await page.locator('.session dl').innerText();
    expect(facts).toMatch(/Begun by\s+instance 0\/07c9bb3d/);
    expect(facts).toMatch(/Ends if idle\s+in (30:00|29:\d\d) \(of 30 min\)/);
    expect(facts).toMatch(/Ends anyway\s+in (12:00:00|11:59:\d\d) \(of 12 h\)/);
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
    await page.getByText('You are not signed in.').waitFor();
    await page.getByText('1 session ended.').waitFor();
    expect(await page.locator('.session dl').isVisible()).toBe(false);
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
  });

  it('with a wrong password shows the form again, and why', async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillIn('ada <b>', 'wrong password');
    tolerated = NOT_SIGNED_IN;

    await page.getByText('the user name or the password is wrong').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('ada <b>');
    expect(await page.evaluate('document.activeElement.name')).toBe('username');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await scrollWidth()).toBe(360);
    expect(await findBarriers()).toEqual([]);
  });

  it('lasts until the session ends, which the page sees by itself', async () => {
    const short = await startApp({ ...environment(0), SESSION_IDLE_TIMEOUT: '2' });
    await page.goto(`http://127.0.0.1:${short.port}/session/sign-in`);
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();
    await page.waitForTimeout(2500);
    expect(await page.getByText('Signed in as ada').isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('no request came within the idle timeout').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await short.stop();
  });
});

describe('somebody signed in', () => {
  beforeAll(async () => {
    const grace = await signUp(app, 'grace');
    await grace.at(app).post('/session/sign-out').expect(200);
  });
  beforeEach(async () => {
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillIn('grace');
    await page.getByText('Signed in as grace').waitFor();
  });
  afterEach(async () => {
    await page.close(); // it would still ask who is signed in
    const elsewhere = await signIn(app, 'grace');
    await elsewhere.at(app).post('/session/sign-out-everywhere').expect(200);
  });

  it('sees which instances answer, until they pause', async () => {
    const another = await startApp(environment(1));
    await page.route('**/session/me', inTurn(app, another));
    await page
      .getByText(/^Signed in by instance 0, served by 0 and 1: \d+ and \d+ answers/)
      .waitFor();
    await page.waitForTimeout(2000);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForTimeout(600);
    const [first, second] = await counts();
    expect(first! + second!).toBeGreaterThanOrEqual(4);
    expect(Math.abs(second! - first!)).toBeLessThanOrEqual(3);
    await page.waitForTimeout(1200);
    expect(await counts()).toEqual([first, second]);
    await page.getByRole('button', { name: 'Go on' }).click();
    while (sum(await counts()) === first! + second!);

    await another.stop();
    await page.unrouteAll({ behavior: 'wait' });
    await page.getByText('gone', { exact: true }).waitFor();
  });

  it('hears no number read out that changes each second', async () => {
    await page.waitForTimeout(1000);
    await page.evaluate(`
      window.heard = [];
      const observer = new MutationObserver((changes) => {
        for (const { target } of changes) heard.push(target.textContent);
      });
      const options = { childList: true, characterData: true, subtree: true };
      for (const element of document.querySelectorAll('[role=status]')) observer.observe(element, options);
    `);
    await page.waitForTimeout(2500);
    expect(await page.evaluate('heard')).toEqual([]);
  });

  it('sees that a login is lost, and how often', async () => {
    tolerated = NOT_SIGNED_IN;
    const forgetful = await startApp({ ...environment(1), SESSIONS: 'memory' });
    await page.route('**/session/me', inTurn(app, forgetful));

    await page.getByText('The login was lost.').waitFor();
    await page.getByText('Signed in as grace, yet some answers do not know it.').waitFor();
    await page.getByText(/^[2-9] of \d+ answers did not know it\.$/).waitFor();
    expect(await findBarriers()).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await forgetful.stop();
  });

  it('sees within a second that the session was ended elsewhere', async () => {
    tolerated = NOT_SIGNED_IN; // of a request that is on its way
    await page.waitForTimeout(1000);
    const elsewhere = await signIn(app, 'grace');
    const { body } = await elsewhere.at(app).get('/session/list').expect(200);
    const { id } = body.find(({ current }: { current: boolean }) => !current);

    const began = performance.now();
    await elsewhere.at(app).delete(`/session/list/${id}`).expect(200, { ended: 1 });
    await page.getByText('the session was ended elsewhere').waitFor();
    expect(performance.now() - began).toBeLessThan(1000);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.waitForTimeout(1500);
    expect(await page.getByText('The login was lost.').isVisible()).toBe(false);
  });

  it('sees their other sessions, and ends one', async () => {
    await signIn(app, 'grace');
    const sessions = page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.filter({ hasText: 'This one' }).count()).toBe(1);

    await sessions.getByRole('button', { name: 'End the session' }).press('Enter');
    await page.getByText('1 session ended.').waitFor();
    expect(await sessions.count()).toBe(1);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Signed in as grace');
  });

  it('signs out everywhere', async () => {
    await signIn(app, 'grace');
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();

    await page.getByText('2 sessions ended.').waitFor();
    await page.getByText('You are not signed in.').waitFor();
  });

  it('finds all of it on a phone, and without barriers', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await page.getByText('This one').waitFor();
    expect(await scrollWidth()).toBe(360);
    expect(await findBarriers()).toEqual([]);
  });

  it('is not signed out by a Redis that is away', async () => {
    tolerated = REDIS_AWAY;
    await page.getByText('This one').waitFor();
    server.process.kill('SIGSTOP');
    await page.getByText('does not answer in time').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByText('That did not work.').waitFor();
    await page.getByText('Redis is away.').waitFor();
    expect(await page.locator('.session dl').isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);
    await page.getByText('Redis away', { exact: true }).waitFor();

    server.process.kill('SIGCONT');
    await page.getByText('Signed in as grace').waitFor();
    expect(await page.getByText('The login was lost.').isVisible()).toBe(false);
  });
});

async function fillIn(name: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

/** What the platform's router does: the next request goes to the next instance. */
function inTurn(...apps: App[]) {
  let turn = 0;
  return async (route: Route) => {
    const { port } = apps[turn++ % apps.length]!;
    const path = new URL(route.request().url()).pathname;
    const response = await route.fetch({ url: `http://127.0.0.1:${port}${path}` });
    await route.fulfill({ response });
  };
}

async function counts(): Promise<number[]> {
  return (await page.locator('.bars .count').allInnerTexts()).map(Number);
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

function scrollWidth(): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth');
}

/** What keeps people from using the page, as far as axe can tell. */
async function findBarriers(): Promise<unknown> {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // what is still appearing is faint
  await page.evaluate(AXE);
  return page.evaluate(`axe.run().then(({ violations }) => violations.map(
    ({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' '),
  ))`);
}
