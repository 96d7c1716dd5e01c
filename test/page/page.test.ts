/** The page for visitors: Redis, instances and keys, in trouble, and where something is closed. */
import { type App, startApp } from '../support/app.ts';
import { connectWithPassword } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { signIn } from '../support/user.ts';
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

describe('the page', () => {
  beforeEach(async () => {
    await visit();
    await page.getByText('Redis works', { exact: true }).waitFor();
  });

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
    await page.clock.install();
    const asked = collectPaths();
    await page.reload();
    await page.getByText('You are not signed in.').waitFor();
    await page.clock.runFor(60_000);

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

    await page.getByText(/^Together they answer [\d.,]+ requests\/s\.$/).waitFor();
    expect((await cards.allInnerTexts())[0]).toMatch(/Memory\s+\d+\.\d MB\s+CPU\s+\d.* of /);

    await another.stop();
    await page.getByText('1 instance runs').waitFor();
    expect(await cards.count()).toBe(1);
  });

  it('shows what each instance uses of its limits', async () => {
    const limited = await startApp({ ...environment(1), MEMORY_LIMIT: '256M' });
    await page.getByText(/^\d+ of 256 MB$/).waitFor();
    await limited.stop();

    const redis = connectWithPassword(server, null, REDIS_PASSWORD);
    const load = { memory: 64e6, cpu: 0.125, requestsPerSecond: 1, p95: 1, eventLoopLag: 0 };
    const limits = { memoryLimit: 2 ** 30, cpuLimit: 0.2 };
    const status = { index: 2, guid: '2-limited', startedAt: Date.now(), ...limits, ...load };
    const entry = { seenAt: Date.now(), status };
    await redis.hset('_app:instances', '2-limited', JSON.stringify(entry));
    const card = page.getByRole('listitem').filter({ hasText: 'Instance 2' });
    await card.waitFor();
    expect(await card.innerText()).toMatch(/Memory\s+0\.06 of 1 GB\s+CPU\s+0\.13 of 0\.2 cores/);
    expect(await card.evaluate((card) => card.scrollWidth <= card.clientWidth)).toBe(true);
    const bar = card.locator('.uses > div', { hasText: 'CPU' });
    expect(await bar.getAttribute('style')).toMatch(/^--share: 0\.625;?$/);
    await redis.hdel('_app:instances', '2-limited');
    await card.waitFor({ state: 'detached' });
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

  it('shows the beginning of a long value, and how much more there is', async () => {
    await app.http
      .put('/long')
      .type('form')
      .send(`data=${'x'.repeat(12_345)}`)
      .expect(201);
    await page.getByLabel('Key', { exact: true }).fill('long');
    await page.getByRole('button', { name: 'Get' }).click();

    await page.getByText(/^200 x{10000}… and 2345 characters more$/).waitFor();
  });

  it('says when Redis is away, and is live again when it is back', async () => {
    tolerate(REDIS_AWAY);
    await server.stop();
    await page.getByText('Redis refuses connections').waitFor();
    await page.getByText('Not measured at the moment').waitFor();
    expect(await page.locator('.redis .tiles').innerText()).toMatch(/Clients\s+–/);
    await page.getByText('while Redis is away nobody can be').waitFor();

    await server.restart();
    await page.getByText('Redis works', { exact: true }).waitFor();
    await page.getByText('1 instance runs').waitFor();
    await page.getByText('You are not signed in.', { exact: true }).waitFor();
    expect(await page.locator('.redis .tiles').innerText()).toMatch(/Clients\s+\d/);
  });

  it('fits into 360, 1280 and 1920 pixels', async () => {
    for (const width of [360, 1280, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await scrollWidth()).toBe(width);
    }
  });

  it('is accessible in the light scheme and in the dark one', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await findBarriers()).toEqual([]);
    }
  });
});

describe('the page, in trouble,', () => {
  it('says what a Redis that evicts drops when it is full', async () => {
    await visit();
    const redis = connectWithPassword(server, null, REDIS_PASSWORD);
    await redis.config('SET', 'maxmemory-policy', 'volatile-lru');
    await page
      .getByText('When Redis is full, it drops sessions and the counters of failed sign-ins')
      .waitFor();
    expect(await findBarriers()).toEqual([]);

    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await page.locator('[data-warning]').waitFor({ state: 'hidden' });
  });

  it('opens another stream after ten seconds in which one has told nothing', async () => {
    tolerate(NOT_SIGNED_IN);
    await page.clock.install();
    const asked = collectPaths();
    await page.route('**/instances/events', () => {}); // never answers
    await visit();
    await until('a stream', () => countStreams() === 1);
    await page.clock.runFor(8000);
    expect(countStreams()).toBe(1);
    expect(await page.getByText('Not connected: trying again…').isVisible()).toBe(false);

    await page.clock.runFor(3000);
    await page.getByText('Not connected: trying again…').waitFor();
    await until('another stream', () => countStreams() === 2);

    function countStreams(): number {
      return asked.filter((path) => path === '/instances/events').length;
    }
  });

  it('says who is signed in though too many pages are open, and asks for room less and less often', async () => {
    tolerate(/status of (401|503)/);
    await page.clock.install();
    let asked = 0;
    await page.route('**/instances/events', (route) => {
      asked++;
      return route.fulfill({ status: 503, headers: { 'Retry-After': '10' } });
    });
    await visit();
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
  beforeAll(async () => {
    closed = await startApp({ ...environment(2), DIAGNOSTICS });
  });
  afterAll(() => closed.stop());
  beforeEach(() => tolerate(NOT_SIGNED_IN));

  async function visitClosed() {
    await visit(closed);
    await page.getByText('You are not signed in.').waitFor();
  }

  it('says so in a sentence, and asks for nothing that is closed', async () => {
    await page.clock.install();
    const asked = collectPaths();
    await visitClosed();
    for (const name of ['.instances', '.redis']) {
      expect(await page.locator(name).innerText()).toContain(SENTENCES[DIAGNOSTICS]);
    }
    await page.clock.runFor(60_000); // in which it would have tried again
    expect(asked).toEqual(['/', '/session/me']);
  });

  it('fits into 360 and 1280 pixels, without barriers', async () => {
    await visitClosed();
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await scrollWidth()).toBe(width);
      expect(await findBarriers()).toEqual([]);
    }
  });

  it('is there for keys, for signing in, and to see who answers', async () => {
    await visitClosed();
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
    const { user } = await signUpHere(short);
    await visit(short);
    await page.getByText(`Signed in as ${user}`).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();

    await page.getByText('no request came within the idle timeout').waitFor();
    await page.close(); // it would miss the app
    await short.stop();
  });

  it('says that Redis is away, and is there again when Redis is back', async () => {
    tolerate(/status of (401|503)/);
    await page.clock.install();
    const { user } = await signUpHere(closed);
    await visit(closed);
    await page.getByText(`Signed in as ${user}`).waitFor();
    server.process.kill('SIGSTOP');
    await page.getByText('Redis is away.').waitFor();
    await page.reload();
    await page.getByText('Redis is away.').waitFor();

    server.process.kill('SIGCONT');
    await passTimeUntil(`Signed in as ${user}`);
  });

  it('says when there is no Redis', async () => {
    tolerate(/status of (401|500)/);
    const unbound = await startApp({ DIAGNOSTICS });
    await visit(unbound);
    await page.locator('.session').getByText('There are no sessions without Redis.').waitFor();
    await page.close(); // it would miss the app
    await unbound.stop();
  });
});

describe('with KEYS', () => {
  let closed: App;
  afterEach(async () => {
    await page.close(); // it would miss the app
    await closed.stop();
  });

  it('=closed, the page says so in the place of the form', async () => {
    closed = await startApp({ ...environment(3), KEYS: 'closed' });
    await visit(closed);
    await page.getByText('Keys are closed here (KEYS=closed).').waitFor();
    expect(await page.getByRole('button', { name: 'Put' }).isVisible()).toBe(false);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('=signed-in, the page says so, and the form works for those who are', async () => {
    tolerate(/status of 403/);
    closed = await startApp({ ...environment(3), KEYS: 'signed-in' });
    await visit(closed);
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
