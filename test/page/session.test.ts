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
  NOT_SIGNED_IN,
  page,
  passTimeUntil,
  REDIS_AWAY,
  REDIS_PASSWORD,
  scrollWidth,
  server,
  signUpHere,
  tolerate,
  visit,
} from './support.ts';

describe('signing up and in', () => {
  it('leads by a form to the page, and out again', async () => {
    await visit();
    await page.getByRole('link', { name: 'Sign up' }).click();
    await fillIn('ada');
    await page.getByText('Signed in as ada').waitFor();
    await page.getByText('Redis works').waitFor();

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

  it('lasts until the session ends, which the page sees by itself', async () => {
    const short = await startApp({ ...environment(0), SESSION_IDLE_TIMEOUT: '2' });
    const { user } = await signUpHere(short);
    await visit(short);
    // One each half a second
    await page.getByText(/served by 0: ([6-9]|\d\d) answers/).waitFor();
    expect(await page.getByText(`Signed in as ${user}`).isVisible()).toBe(true);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('no request came within the idle timeout').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.close(); // it would miss the app
    await short.stop();
  });
});

describe('somebody signed in', () => {
  let user: Browser;
  beforeEach(async () => {
    await page.clock.install();
    user = await signUpHere();
  });

  async function visitSignedIn() {
    await visit();
    await page.getByText(`Signed in as ${user.user}`).waitFor();
  }

  it('sees which instances answer, until they pause', async () => {
    const another = await startApp(environment(1));
    await page.route('**/session/me', inTurn(app, another));
    await visitSignedIn();
    await page
      .getByText(/^Signed in by instance 0, served by 0 and 1: \d+ and \d+ answers/)
      .waitFor();
    await until('four answers counted', async () => {
      await page.clock.runFor(500);
      return sum(await counts()) >= 4;
    });
    const [first, second] = await counts();
    expect(Math.abs(second! - first!)).toBeLessThanOrEqual(1);

    await page.getByRole('button', { name: 'Pause' }).click();
    const asked = collectPaths();
    await page.clock.runFor(5000);
    expect(asked).not.toContain('/session/me');
    await page.getByRole('button', { name: 'Go on' }).click();
    await until('it asks again', () => asked.includes('/session/me'));

    await page.unrouteAll({ behavior: 'wait' });
    await another.stop();
    await page.getByText('gone', { exact: true }).waitFor();
  });

  it('sees for how long yet, on a computer whose clock is an hour fast', async () => {
    await page.clock.setSystemTime(Date.now() + 60 * 60 * 1000);
    await visitSignedIn();
    await page.getByText('This one').waitFor();

    const facts = await page.locator('.session dl').innerText();
    expect(facts).toMatch(/Ends if idle\s+in (30:00|29:\d\d)/);
    expect(facts).toMatch(/Ends anyway\s+in (12:00:00|11:59:\d\d)/);
  });

  it('sees for how long yet, where idling could last longer', async () => {
    const short = await startApp({ ...environment(0), SESSION_ABSOLUTE_TIMEOUT: '600' });
    await signUpHere(short);
    await visit(short);
    await page.getByText('This one').waitFor();

    const facts = await page.locator('.session dl').innerText();
    expect(facts).toMatch(/Ends if idle\s+in (10:0\d|09:5\d) \(of 30 min\)/);
    expect(facts).toMatch(/Ends anyway\s+in (10:0\d|09:5\d) \(of 10 min\)/);
    await page.close(); // it would miss the app
    await short.stop();
  });

  it('hears no number read out that changes each second', async () => {
    await visitSignedIn();
    await page.getByText('This one').waitFor();
    const { length } = await measurements();
    await page.evaluate(`
      window.heard = [];
      const observer = new MutationObserver((changes) => {
        for (const { target } of changes) heard.push(target.textContent);
      });
      const options = { childList: true, characterData: true, subtree: true };
      for (const element of document.querySelectorAll('[role=status]')) observer.observe(element, options);
    `);
    await until('two more measurements', async () => (await measurements()).length >= length + 2);
    expect(await page.evaluate('heard')).toEqual([]);
  });

  it('sees that a login is lost, and how often', async () => {
    tolerate(NOT_SIGNED_IN);
    const forgetful = await startApp({ ...environment(1), SESSIONS: 'memory' });
    await page.route('**/session/me', inTurn(app, forgetful));
    await visit();

    await passTimeUntil('The login was lost.');
    await page.getByText(`Signed in as ${user.user}, yet some answers do not know it.`).waitFor();
    await passTimeUntil(/^([2-9]|\d\d) of \d+ answers did not know it\.$/);
    expect(await findBarriers()).toEqual([]);
    await page.unrouteAll({ behavior: 'wait' });
    await forgetful.stop();
  });

  it('takes no session for lost that an answer in between knows', async () => {
    await visit();
    const counted = await page.evaluate(`
      import('/assets/scripts/tally.js').then(({ createTally }) => {
        const tally = createTally();
        for (let i = 0; i < 12; i++) tally.count(i % 3 === 1 ? 'good' : 'lost', { index: 0, guid: 'x' });
        return tally.read();
      })`);
    expect(counted).toMatchObject({ total: 12, troubles: { lost: 8 }, lostInARow: 1 });
  });

  it('sees that the session is lost for good when no answer knows it any more', async () => {
    tolerate(NOT_SIGNED_IN);
    await visitSignedIn();
    const headers = { 'X-App-Instance': '0/07c9bb3d' };
    await page.route('**/session/me', (route) => route.fulfill({ status: 401, headers }));

    await passTimeUntil('the session is lost. No notice came that it was ended.');
    await page.getByText('Was signed in by instance 0').waitFor();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  });

  it('costs nothing while the page is hidden, which then tells how the session ended', async () => {
    tolerate(NOT_SIGNED_IN); // of a request that is on its way
    await visitSignedIn();
    await page.getByText('This one').waitFor();
    await setHidden(true);
    const asked = collectPaths();
    await page.clock.runFor(20_000);
    expect(asked.filter((path) => path !== '/session/list')).toEqual([]);

    await user.at(app).post('/session/sign-out').expect(200);
    await setHidden(false);
    await page.getByText('the session ended while this page was hidden').waitFor();
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
    await page.getByText('the session was ended elsewhere').waitFor();
    expect(performance.now() - began).toBeLessThan(1000);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.clock.runFor(5000);
    expect(await page.getByText('The login was lost.').isVisible()).toBe(false);
  });

  it('sees their other sessions, and ends one', async () => {
    await signIn(app, user.user);
    await visitSignedIn();
    const sessions = page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
    await sessions.nth(1).waitFor();
    expect(await sessions.filter({ hasText: 'This one' }).count()).toBe(1);

    await sessions.getByRole('button', { name: 'End the session' }).press('Enter');
    await page.getByText('1 session ended.').waitFor();
    expect(await sessions.count()).toBe(1);
    expect(await page.evaluate('document.activeElement.textContent')).toBe(
      `Signed in as ${user.user}`,
    );
  });

  it('signs out everywhere', async () => {
    await signIn(app, user.user);
    await visitSignedIn();
    await page.getByRole('button', { name: 'Sign out everywhere' }).click();

    await page.getByText('2 sessions ended.').waitFor();
    await page.getByText('You are not signed in.').waitFor();
  });

  it('finds all of it on a phone, and without barriers', async () => {
    await page.setViewportSize({ width: 360, height: 800 });
    await visitSignedIn();
    await page.getByText('This one').waitFor();
    expect(await scrollWidth()).toBe(360);
    expect(await findBarriers()).toEqual([]);
  });

  it('is not signed out by a Redis that is away', async () => {
    tolerate(REDIS_AWAY);
    await visitSignedIn();
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
    await passTimeUntil(`Signed in as ${user.user}`);
    expect(await page.getByText('The login was lost.').isVisible()).toBe(false);
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

async function counts(): Promise<number[]> {
  return (await page.locator('.bars .count').allInnerTexts()).map(Number);
}

/** As if another tab were in front, or not. */
function setHidden(isHidden: boolean): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
}

/** The points of the first instance's chart: one for each second. */
async function measurements(): Promise<string[]> {
  const lines = page.locator('.chart').first().locator('polyline');
  const points = await lines.evaluateAll((all) => all.map((line) => line.getAttribute('points')!));
  return points.flatMap((text) => text.split(' '));
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
