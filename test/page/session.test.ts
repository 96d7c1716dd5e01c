/** The page for people with accounts: signing up and in, who answers them, and the end. */
import type { Route } from 'playwright-core';
import { type App, startApp } from '../support/app.ts';
import { connectWithPassword } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { type Browser, signIn } from '../support/user.ts';
import {
  app,
  collectPaths,
  environment,
  fillIn,
  findBarriers,
  installClock,
  leave,
  NOT_SIGNED_IN,
  open,
  page,
  passTimeUntil,
  REDIS_AWAY,
  REDIS_PASSWORD,
  scrollWidth,
  server,
  signUpHere,
  tolerate,
  untilSaid,
  visit,
  visitInShortSession,
} from './support.ts';

describe('signing up and in', () => {
  it('leads by a form to the page, and out again', async () => {
    await visit();
    await page.locator('header').getByRole('link', { name: 'Sign up' }).click();
    await fillIn('ada');
    await untilSaid('ada is still signed in.');
    await page.getByRole('heading', { name: 'Redis works' }).waitFor();

    const account = await open('ada');
    await account.getByText('This one').waitFor();
    const facts = await account.locator('dl').innerText();
    expect(facts).toMatch(/Begun by\s+instance 0\/07c9bb3d/);
    expect(facts).toMatch(/Ends if idle\s+in (30:00|29:\d\d) \(of 30 min\)/);
    expect(facts).toMatch(/Ends anyway\s+in (12:00:00|11:59:\d\d) \(of 12 h\)/);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);

    await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
    await untilSaid('ada is signed out.');
    await page.locator('.spoken').getByText('1 session ended.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('headline');
    await page.reload();
    await untilSaid('Redis works.');
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
  });

  it('takes a guest one click', async () => {
    await visit();
    await page.getByRole('button', { name: 'Continue as a guest' }).click();
    await untilSaid(/guest-\w{4} is still signed in\./);
    await page.waitForFunction(`/^✓ guest-.*, 0 lost$/.test(document.title)`);
    expect(await page.evaluate('document.activeElement.id')).toBe('headline');
    await page.reload();
    await untilSaid(/guest-\w{4} is still signed in\./);
  });

  it('tries three names for a guest, as others may have taken them', async () => {
    tolerate(/status of 409/);
    const names: string[] = [];
    let taken = 3;
    await page.route('**/session/sign-up', (route) => {
      names.push(new URLSearchParams(route.request().postData()!).get('username')!);
      const error = 'the user name is taken';
      return taken-- > 0 ? route.fulfill({ status: 409, json: { error } }) : route.continue();
    });
    await visit();
    const guest = page.getByRole('button', { name: 'Continue as a guest' });
    await guest.click();
    await page
      .getByText('A guest could not be signed in: the user name is taken')
      .first()
      .waitFor();
    expect(new Set(names).size).toBe(3);
    taken = 2;
    await guest.click();
    await untilSaid(/guest-\w{4} is still signed in\./);
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('with a wrong password shows the form again, and why', async () => {
    await visit();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await fillIn('ada <b>', 'wrong password');
    tolerate(NOT_SIGNED_IN);

    await page.getByText('the user name or the password is wrong').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('ada <b>');
    expect(await page.evaluate('document.activeElement.name')).toBe('username');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await scrollWidth()).toBe(360);
    expect(await findBarriers()).toEqual([]);
  });

  it('at one of several instances is lost, where each has its own sessions, and the page says why', async () => {
    tolerate(NOT_SIGNED_IN);
    const [one, other] = await Promise.all(
      [1, 2].map((index) => startApp({ ...environment(index), SESSIONS: 'memory' })),
    );
    await visit(one, '/session/sign-up');
    await page.route('**/session/me', inTurn(other!));
    await fillIn('eve');

    // The page knows the name if its stream was opened at the first of them
    await untilSaid(/(eve|The visitor)’s login was lost\./);
    await page.getByText('SESSIONS=memory: each instance knows only its own logins.').waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    await leave();
    await Promise.all([one!.stop(), other!.stop()]);
  });

  it('lasts until the session ends, which the page sees by itself', async () => {
    const short = await startApp({ ...environment(0), SESSION_IDLE_TIMEOUT: '3' });
    await visitInShortSession(short);
    // One each half a second
    await page
      .locator('[data-answers]')
      .getByText(/^([6-9]|\d\d)$/)
      .waitFor();

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('No request came within the idle timeout.').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await leave();
    await short.stop();
  });
});

describe('somebody signed in', () => {
  let user: Browser;
  beforeEach(async () => {
    await installClock();
    user = await signUpHere();
  });

  async function visitSignedIn() {
    await visit();
    await untilSaid(`${user.user} is still signed in.`);
  }

  async function openAccount() {
    const account = await open(user.user);
    await account.getByText('This one').waitFor();
    return account;
  }

  it('sees which instances answer, until they pause', async () => {
    const another = await startApp(environment(1));
    await page.route('**/session/me', inTurn(app, another));
    await visitSignedIn();
    await until('four answers counted', async () => {
      await page.clock.runFor(500);
      return (await readNumber('answers')) >= 4;
    });
    expect(await page.locator('.number', { hasText: 'from' }).innerText()).toMatch(
      /from 2 instances$/,
    );
    expect(await page.locator('.lane').allInnerTexts()).toEqual(['Instance 0', 'Instance 1']);
    const [first, second] = await ticks();
    expect(Math.abs(second! - first!)).toBeLessThanOrEqual(1);

    await page.keyboard.press('p');
    const asked = collectPaths();
    await page.clock.runFor(5000);
    expect(asked).not.toContain('/session/me');
    await page.getByRole('button', { name: 'Go on' }).click();
    await until('it asks again', () => asked.includes('/session/me'));

    await page.unrouteAll({ behavior: 'wait' });
    await another.stop();
    await page.locator('.band.left').waitFor({ state: 'attached' });
  });

  it('sees for how long yet, on a computer whose clock is an hour fast', async () => {
    await page.clock.setSystemTime(Date.now() + 60 * 60 * 1000);
    await visitSignedIn();
    const facts = await (await openAccount()).locator('dl').innerText();
    expect(facts).toMatch(/Ends if idle\s+in (30:00|29:\d\d)/);
    expect(facts).toMatch(/Ends anyway\s+in (12:00:00|11:59:\d\d)/);
  });

  it('sees for how long yet, where idling could last longer', async () => {
    const short = await startApp({ ...environment(0), SESSION_ABSOLUTE_TIMEOUT: '600' });
    user = await signUpHere(short);
    await visit(short);
    await untilSaid(`${user.user} is still signed in.`);
    const facts = await (await openAccount()).locator('dl').innerText();
    expect(facts).toMatch(/Ends if idle\s+in (10:0\d|09:5\d) \(of 30 min\)/);
    expect(facts).toMatch(/Ends anyway\s+in (10:0\d|09:5\d) \(of 10 min\)/);
    await leave();
    await short.stop();
  });

  it('hears a sentence only when its meaning changes, and no number', async () => {
    tolerate(REDIS_AWAY);
    await visitSignedIn();
    expect(await page.locator('[role=status], [role=alert], [aria-live]').count()).toBe(1);
    await page.evaluate(`
      window.heard = [];
      const observer = new MutationObserver((changes) => {
        for (const { target } of changes) heard.push(target.textContent);
      });
      const options = { childList: true, characterData: true, subtree: true };
      observer.observe(document.querySelector('[role=status]'), options);
    `);
    const answers = await readNumber('answers');
    await passTimeUntilNumber('answers', answers + 4);
    expect(await page.evaluate('heard')).toEqual([]);

    server.process.kill('SIGSTOP');
    await untilSaid(`Redis is away. ${user.user} is waiting`);
    await passTimeUntil(/: [3-9] s$/);
    server.process.kill('SIGCONT');
    await passTimeUntil(`${user.user} is still signed in.`);
    expect(await page.evaluate('heard')).toEqual([
      `Redis is away. ${user.user} is waiting`,
      `${user.user} is still signed in.`,
    ]);
  });

  it('sees that a login is lost, how often, and why', async () => {
    tolerate(NOT_SIGNED_IN);
    const forgetful = await startApp({ ...environment(1), SESSIONS: 'memory' });
    await page.route('**/session/me', inTurn(app, forgetful));
    await visit();

    await passTimeUntil(`${user.user}’s login was lost.`);
    expect(await page.title()).toMatch(/^✗ .*, \d+ lost$/);
    await passTimeUntilNumber('lost', 2);
    expect(await page.locator('.snap').count()).toBeGreaterThan(0);
    expect(await page.locator('.tick.lost').count()).toBeGreaterThan(0);
    expect(await findBarriers()).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await forgetful.stop();
  });

  it('takes no session for lost for good that an answer in between knows', async () => {
    tolerate(NOT_SIGNED_IN);
    await visitSignedIn();
    let turn = 0;
    const headers = { 'X-App-Instance': '0/07c9bb3d' };
    await page.route('**/session/me', (route) =>
      turn++ % 3 === 1 ? route.continue() : route.fulfill({ status: 401, headers }),
    );
    await passTimeUntilNumber('lost', 12);

    expect(await page.getByRole('button', { name: 'Sign out' }).first().isVisible()).toBe(true);
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('sees that the session is lost for good when no answer knows it any more', async () => {
    tolerate(NOT_SIGNED_IN);
    await visitSignedIn();
    const headers = { 'X-App-Instance': '0/07c9bb3d' };
    await page.route('**/session/me', (route) => route.fulfill({ status: 401, headers }));

    await passTimeUntilNumber('lost', 10);
    await untilSaid(`${user.user}’s login was lost.`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('costs nothing while the page is hidden, which then tells how the session ended', async () => {
    tolerate(NOT_SIGNED_IN); // of a request that is on its way
    await visitSignedIn();
    await setHidden(true);
    const asked = collectPaths();
    await page.clock.runFor(20_000);
    expect(asked).toEqual([]);

    await user.at(app).post('/session/sign-out').expect(200);
    await setHidden(false);
    await page.getByText('The session ended while this page was hidden.').waitFor();
    expect(asked).toContain('/instances/events');
  });

  it('sees within a second that the session was ended elsewhere', async () => {
    tolerate(NOT_SIGNED_IN); // of a request that is on its way
    const redis = connectWithPassword(server, null, REDIS_PASSWORD);
    await visitSignedIn();
    await until('somebody hears of ends', async () => {
      const [, listeners] = await redis.pubsub('NUMSUB', '_app:ended');
      return Number(listeners) > 0;
    });
    const elsewhere = await signIn(app, user.user);
    const { body } = await elsewhere.at(app).get('/session/list').expect(200);
    const { id } = body.find(({ current }: { current: boolean }) => !current);

    const began = performance.now();
    await elsewhere.at(app).delete(`/session/list/${id}`).expect(200, { ended: 1 });
    await page.getByText('The session was ended elsewhere').waitFor();
    expect(performance.now() - began).toBeLessThan(1000);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.clock.runFor(5000);
    expect(await readNumber('lost')).toBe(0);
  });

  it('sees their other sessions, and ends one', async () => {
    await signIn(app, user.user);
    await visitSignedIn();
    const account = await openAccount();
    const sessions = account.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.filter({ hasText: 'This one' }).count()).toBe(1);
    for (const text of await sessions.allInnerTexts())
      expect(text).toMatch(/^Since \d+:\d\d.*\s+instance 0\/07c9bb3d, last seen \d+:\d\d/);

    await sessions.getByRole('button', { name: 'End the session' }).press('Enter');
    await account.getByText('1 session ended.').waitFor();
    expect(await sessions.count()).toBe(1);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Your account');
  });

  it('signs out everywhere', async () => {
    await signIn(app, user.user);
    await visitSignedIn();
    const account = await openAccount();
    await account.getByRole('button', { name: 'Sign out everywhere' }).click();

    await untilSaid(`${user.user} is signed out.`);
    await page.locator('.spoken').getByText('2 sessions ended.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('headline');
  });

  it('finds all of it on a phone, and without barriers', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await visitSignedIn();
    expect(await scrollWidth()).toBe(360);
    expect(await findBarriers()).toEqual([]);
    await openAccount();
    expect(await findBarriers()).toEqual([]);
  });

  it('is not signed out by a Redis that is away', async () => {
    tolerate(REDIS_AWAY);
    await visitSignedIn();
    server.process.kill('SIGSTOP');
    await untilSaid(`Redis is away. ${user.user} is waiting`);
    await page.locator('.redis').getByText('does not answer in time').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.locator('.spoken').getByText('That did not work.').waitFor({ state: 'attached' });
    expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false);
    await page.locator('.login.away').waitFor({ state: 'attached' });

    server.process.kill('SIGCONT');
    await passTimeUntil(`${user.user} is still signed in.`);
    await page.getByText(/^Redis away \d+ s$/).waitFor();
    expect(await readNumber('lost')).toBe(0);
  });
});

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

/** One of the numbers on the stage: `answers`, `instances` or `lost`. */
async function readNumber(name: string): Promise<number> {
  return Number(await page.locator(`[data-${name}]`).innerText());
}

/** Lets time pass on the page, after `installClock`, until a number is as high. */
async function passTimeUntilNumber(name: string, least: number): Promise<void> {
  await until(`${least} ${name}`, async () => {
    await page.clock.runFor(500);
    return (await readNumber(name)) >= least;
  });
}

/** How many ticks each lane has. */
async function ticks(): Promise<number[]> {
  const paths = await page
    .locator('.tick.good')
    .evaluateAll((all) => all.map((path) => path.getAttribute('d')!));
  return paths.map((path) => path.split('M').length - 1);
}

/** As if another tab were in front, or not. */
function setHidden(isHidden: boolean): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}
