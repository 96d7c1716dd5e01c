/** The page for visitors: Redis, instances and keys, in trouble, and where something is closed. */
import { type App, startApp } from '../support/app.ts';
import { connectWithPassword } from '../support/topologies.ts';
import { until } from '../support/until.ts';
import { startProgram } from '../support/program.ts';
import { signIn } from '../support/user.ts';
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

const answer = () => page.locator('.keys .answer');
const signUpLink = () => page.locator('header').getByRole('link', { name: 'Sign up' });

describe('the page', () => {
  beforeEach(async () => {
    await visit();
    await untilSaid('Redis works.');
  });

  it('shows which Redis this is and how it is, and all else behind "Details"', async () => {
    const card = await page.locator('.redis').innerText();
    expect(card).toMatch(/^Redis works/);
    expect(card).toMatch(/PUT\s+\d+(\.\d)? ms\s+GET\s+\d+(\.\d)? ms\s+DELETE\s+\d+(\.\d)? ms/);
    expect(card).toMatch(/Memory\s+\d+\.\d MB of 250\.0 MB/);
    expect(card).toMatch(/When full\s+refuses writes \(noeviction\)/);
    expect(await page.locator('header').innerText()).toMatch(/Redis \d.* · redis-sb shared-vm/);

    const details = await open('Details');
    await details.getByText('redis-service-instance').waitFor();
    const facts = await details.innerText();
    expect(facts).toMatch(/Service\s+redis-service-instance\s+Offering\s+redis-sb\s+Plan\s+shared/);
    expect(facts).toMatch(/Role\s+primary/);
    expect(await details.getByRole('link', { name: /operator/ }).count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Details');
  });

  it('asks nothing about a session of visitors who have none', async () => {
    await leave();
    await installClock();
    const asked = collectPaths();
    await visit();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await page.clock.runFor(60_000);

    expect(asked).toContain('/instances/events');
    expect(asked.filter((path) => path.startsWith('/session'))).toEqual([]);
  });

  it('shows the instances as they come and go', async () => {
    const rows = page.getByRole('table', { name: 'Instances' }).locator('tbody tr');
    const another = await startApp(environment(1));
    await rows.nth(1).waitFor();
    await page.getByText('2 instances · Redis').waitFor();
    expect((await rows.allInnerTexts()).map((row) => row.split('\t').length)).toEqual([6, 6]);
    expect(await page.locator('.lane').allInnerTexts()).toEqual(['Instance 0', 'Instance 1']);
    expect(await page.locator('.band.running').count()).toBe(2);
    expect((await rows.allInnerTexts())[0]).toMatch(/^0\s.*\d:\d\d.*\d+\.\d MB\s+\d.*%$/s);

    await another.stop();
    await page.getByText('1 instance · Redis').waitFor();
    expect(await rows.count()).toBe(1);
    expect(await page.locator('.band.left').count()).toBe(1);
    expect(await page.locator('.cross').count()).toBe(0);
    await page.getByText('scaled to 1').waitFor();
  });

  it('shows within two seconds that an instance was killed', async () => {
    const killed = await startProgram(environment(1));
    // The lane may still be that of the instance before, which has left
    await page.getByText('2 instances · Redis').waitFor();
    killed.child.kill('SIGKILL');
    await killed.exited;
    const began = performance.now();
    await page.locator('.cross').waitFor();

    // Two seconds, and one for a busy machine
    expect(performance.now() - began).toBeLessThan(3000);
    await page.getByText('instance 1 killed').waitFor();
    expect(await page.locator('.band.killed').count()).toBe(1);
    await page.getByText('1 instance · Redis').waitFor();
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
    const row = page.locator('tbody tr').filter({ hasText: /^2/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/1\.0 ms\s+0\.06 of 1 GB\s+0\.13 of 0\.2$/);
    await redis.hdel('_app:instances', '2-limited');
    await row.waitFor({ state: 'detached' });
  });

  it('puts, gets and deletes a key, with the same for curl', async () => {
    await page.getByLabel('Key', { exact: true }).fill('greeting');
    await page.getByLabel('Value').fill("it's me");

    await page.getByRole('button', { name: 'Put' }).click();
    await answer()
      .getByText(/^201 success · instance 0, \d+(\.\d)? ms$/)
      .waitFor();
    const line = `curl -X PUT http://127.0.0.1:${app.port}/greeting --data-urlencode 'data=it'\\''s me'`;
    expect(await page.locator('[data-curl]').innerText()).toBe(line);
    await page.getByRole('button', { name: 'Get' }).click();
    await answer().getByText("200 it's me").waitFor();
    const url = `http://127.0.0.1:${app.port}`;
    const curl = page.locator('[data-curl]');
    expect(await curl.innerText()).toBe(`curl -X GET ${url}/greeting`);
    await page.getByRole('button', { name: 'Delete' }).click();
    await answer().getByText('200 success').waitFor();
    expect(await curl.innerText()).toBe(`curl -X DELETE ${url}/greeting`);
    await page.getByLabel('Key', { exact: true }).fill("a/b c's");
    expect(await curl.innerText()).toBe(`curl -X DELETE '${url}/a%2Fb%20c'\\''s'`);
  });

  it('takes the key p as a letter in a field, and leaves shortcuts to the browser', async () => {
    const pause = page.locator('[data-pause]');
    await page.getByLabel('Value').press('p');
    await page.locator('h1').press('Alt+p');
    expect(await pause.innerText()).toBe('Pause');
    await page.locator('h1').press('p');
    expect(await pause.innerText()).toBe('Go on');
  });

  it('copies the line for curl', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy curl' }).click();

    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      await page.locator('[data-curl]').innerText(),
    );
  });

  it('selects the line for curl where there is no clipboard, as over plain HTTP', async () => {
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    await page.getByRole('button', { name: 'Copy curl' }).click();

    await page.getByRole('button', { name: 'Selected' }).waitFor();
    const selected = await page.evaluate('String(getSelection())');
    expect(selected).toBe(await page.locator('[data-curl]').innerText());
    await page.getByRole('button', { name: 'Copy curl' }).waitFor();
  });

  it('shows a stored script as the text it is', async () => {
    await page.getByLabel('Value').fill('<script>alert(1)</script>');
    await page.getByRole('button', { name: 'Put' }).click();
    await answer().getByText('201 success').waitFor();
    await page.getByRole('button', { name: 'Get' }).click();

    await answer().getByText('200 <script>alert(1)</script>').waitFor();
  });

  it('shows the beginning of a long value, and how much more there is', async () => {
    await app.http
      .put('/long')
      .type('form')
      .send(`data=${'x'.repeat(12_345)}`)
      .expect(201);
    await page.getByLabel('Key', { exact: true }).fill('long');
    await page.getByRole('button', { name: 'Get' }).click();

    await answer()
      .getByText(/^200 x{10000}… and 2345 characters more · instance 0/)
      .waitFor();
  });

  it('says when Redis is away, how long it was, and loses no history', async () => {
    tolerate(REDIS_AWAY);
    await server.stop();
    await untilSaid('Redis does not work:');
    await page.locator('.stage').getByText('Redis refuses connections').waitFor();
    await page.locator('.redis .state').getByText('Redis refuses connections').waitFor();
    expect(await page.locator('.redis .facts').innerText()).toMatch(/Version\s+–/);
    expect(await page.locator('table.stale').count()).toBe(1);
    expect(await page.locator('.band.running').count()).toBe(1);

    await server.restart();
    await untilSaid('Redis works.');
    await page.getByText(/^Redis away \d+ s$/).waitFor();
    await page.locator('table:not(.stale)').waitFor();
    expect(await page.locator('.band').count()).toBe(1);
    expect(await page.locator('.redis .facts').innerText()).toMatch(/Version\s+\d/);
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

describe('of a Redis of several servers, the page', () => {
  const [primary, replica] = [1, 2].map((n) => ({ host: `10.0.0.${n}`, port: 6379 }));
  const sentinels = [3, 4].map((n) => ({ host: `10.0.0.${n}`, port: 26379 }));
  const listed = { ...replica, primary, state: 'online', lag: 0, behind: 1200 };
  const server = {
    version: '8.0.0',
    role: 'primary',
    primaries: [primary],
    replicas: [listed],
    usedMemory: 2 ** 20,
    maxMemory: null,
    evictionPolicy: 'allkeys-lru',
    clients: 3,
    commandsPerSecond: 5,
    hitRate: 0.5,
    lastSave: null,
  };
  const sentinel = {
    bound: true,
    works: true,
    problem: null,
    warning: null,
    error: null,
    times: null,
    service: 'mine',
    label: 'p.redis',
    plan: 'ha',
    tls: true,
    username: null,
    database: 0,
    topology: 'sentinel',
    nodes: sentinels,
    masterName: 'm',
    reader: null,
    readsFrom: 'replica',
    lastFailover: null as object | null,
    server,
  };
  const AROUND = 'Sentinel 10.0.0.3:26379 and Sentinel 10.0.0.4:26379.';

  /** What the stream says, which ends after each event. */
  let news: object;
  beforeEach(async () => {
    news = sentinel;
    await page.route('**/instances/events', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: `event: redis\ndata: ${JSON.stringify(news)}\n\n`,
      }),
    );
    await visit();
  });
  afterEach(() => page.unrouteAll({ behavior: 'ignoreErrors' }));

  const untilDrawn = (name: string) => page.getByRole('img', { name, exact: true }).waitFor();
  const hear = (more: object) => (news = { ...sentinel, ...more });

  it('draws who talks to whom, what is broken, gone and away', async () => {
    await untilDrawn(`App uses Primary 10.0.0.1:6379. Beside: Replica 10.0.0.2:6379, ${AROUND}`);
    expect(await page.locator('.topology .copies').getAttribute('class')).toBe('copies');
    hear({ server: { ...server, replicas: [{ ...listed, lag: 6 }] } });
    await page.locator('.topology .copies.broken').waitFor({ state: 'attached' });
    hear({ server: { ...server, replicas: [] } });
    await untilDrawn(`App uses Primary 10.0.0.1:6379. Beside: ✕ Gone 10.0.0.2:6379, ${AROUND}`);
    hear({ works: false, error: 'gone', server: null });
    await untilDrawn(`App cannot reach Primary m. Beside: ${AROUND}`);
    hear({ topology: 'replicated', nodes: [primary], reader: replica });
    await untilDrawn(
      'App uses Primary 10.0.0.1:6379. Beside: Replica 10.0.0.2:6379 and Reader 10.0.0.2:6379.',
    );
    hear({ topology: 'standalone', nodes: [primary] });
    await page.locator('.topology svg').waitFor({ state: 'detached' });
  });

  it('takes no replica for gone whose primary does not answer', async () => {
    const [other, copy] = [5, 6].map((n) => ({ host: `10.0.0.${n}`, port: 6379 }));
    const cluster = { topology: 'cluster', nodes: [primary, other] };
    const replicas = [listed, { ...listed, ...copy, primary: other }];
    hear({ ...cluster, server: { ...server, primaries: [primary, other], replicas } });
    await untilDrawn(
      'App uses Primary 10.0.0.1:6379 and Primary 10.0.0.5:6379. Beside: Replica 10.0.0.2:6379 and Replica 10.0.0.6:6379.',
    );
    hear({ ...cluster, server });
    await untilDrawn(
      'App uses Primary 10.0.0.1:6379. Beside: Replica 10.0.0.2:6379 and ✕ Gone 10.0.0.5:6379.',
    );
  });

  it('has all that is known of it behind "Details", and says that it has failed over', async () => {
    const card = page.locator('.redis');
    await card.getByText('no limit').waitFor();
    expect(await card.innerText()).toMatch(/When full\s+evicts keys \(allkeys-lru\)/);
    const details = await open('Details');
    await details.getByText('Last save').waitFor();
    const facts = await details.innerText();
    expect(facts).toMatch(/Service\s+mine\s+Offering\s+p\.redis\s+Plan\s+ha\s/);
    expect(facts).toMatch(/Nodes\s+10\.0\.0\.3:26379, 10\.0\.0\.4:26379\s+Master name\s+m\s/);
    expect(facts).toMatch(/Reads from\s+replica\s+TLS\s+yes\s+Database\s+0\s/);
    expect(facts).toMatch(/Clients\s+3\s+Commands\/s\s+5\s+Hit rate\s+50\.0%\s/);
    expect(facts).toMatch(/Last save\s+none yet\s+Replica 10\.0\.0\.2:6379\s+online, 1,200 bytes/);
    hear({ lastFailover: { at: Date.now(), from: '10.0.0.9:6379', to: '10.0.0.1:6379' } });
    await details.getByText(/, from 10\.0\.0\.9:6379 to 10\.0\.0\.1:6379$/).waitFor();
    await page.locator('.word').getByText('new primary').waitFor({ state: 'attached' });
  });
});

const NO_STREAM = 'No connection to the app: trying again…';

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
    await installClock();
    const asked = collectPaths();
    await page.route('**/instances/events', () => {}); // never answers
    await visit();
    await until('a stream', () => countStreams() === 1);
    await page.clock.runFor(8000);
    expect(countStreams()).toBe(1);
    expect(await page.getByText(NO_STREAM).isVisible()).toBe(false);

    await page.clock.runFor(3000);
    await page.getByText(NO_STREAM).waitFor();
    await until('another stream', () => countStreams() === 2);

    function countStreams(): number {
      return asked.filter((path) => path === '/instances/events').length;
    }
  });

  it('says who is signed in though too many pages are open, and asks for room less and less often', async () => {
    tolerate(/status of (401|503)/);
    await installClock();
    let asked = 0;
    await page.route('**/instances/events', (route) => {
      asked++;
      return route.fulfill({ status: 503, headers: { 'Retry-After': '10' } });
    });
    await visit();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await passTimeUntil(NO_STREAM);
    for (let second = 0; second < 120; second++) await page.clock.runFor(1000);

    expect(asked).toBeGreaterThanOrEqual(3);
    expect(asked).toBeLessThanOrEqual(10);
    await page.unrouteAll({ behavior: 'wait' });
    await page.clock.runFor(60_000);
    await untilSaid('Redis works.');
    await page.getByText(NO_STREAM).waitFor({ state: 'detached' });
  });
});

describe.each(['closed', 'operator'])('with DIAGNOSTICS=%s, the page', (DIAGNOSTICS) => {
  const SENTENCES: Record<string, string> = {
    closed: 'Closed to the public here (DIAGNOSTICS=closed).',
    operator: 'For the operator alone (DIAGNOSTICS=operator), who signs in at /operator/.',
  };
  let closed: App;
  beforeAll(async () => {
    closed = await startApp({ ...environment(2), DIAGNOSTICS });
  });
  afterAll(async () => {
    await leave();
    await closed.stop();
  });
  beforeEach(() => tolerate(NOT_SIGNED_IN));

  async function visitClosed() {
    await visit(closed);
    await untilSaid('You are not signed in.');
  }

  it('says so in a sentence, and asks for nothing that is closed', async () => {
    await installClock();
    const asked = collectPaths();
    await visitClosed();
    for (const name of ['.instances', '.redis']) {
      expect(await page.locator(name).innerText()).toContain(SENTENCES[DIAGNOSTICS]);
    }
    await page.clock.runFor(60_000); // in which it would have tried again
    // The last one is open to all: a foundry offers its controls there
    expect(asked).toEqual(['/', '/session/me', '/status/health']);
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
    await answer().getByText('201 success').waitFor();

    await signUpLink().click();
    await fillIn(`user-of-${DIAGNOSTICS}`);
    await untilSaid(`user-of-${DIAGNOSTICS} is still signed in.`);
    await page.locator('.number', { hasText: /answers? from\s+1\s+instance$/ }).waitFor();
    expect(await page.locator('.lane').allInnerTexts()).toEqual(['Instance 2']);

    const elsewhere = await signIn(closed, `user-of-${DIAGNOSTICS}`);
    await elsewhere.at(closed).post('/session/sign-out-everywhere').expect(200);
    await untilSaid(`user-of-${DIAGNOSTICS} is signed out.`);
    await page.getByText('The session has ended.').waitFor();
    expect(await page.locator('[data-lost]').innerText()).toBe('0');
  });

  it('sees by itself that the idle timeout is over', async () => {
    const short = await startApp({ ...environment(2), DIAGNOSTICS, SESSION_IDLE_TIMEOUT: '2' });
    await visitInShortSession(short);
    await page.getByRole('button', { name: 'Pause' }).click();

    await page.getByText('No request came within the idle timeout.').waitFor();
    await leave();
    await short.stop();
  });

  it('says that Redis is away, and is there again when Redis is back', async () => {
    tolerate(/status of (401|503)/);
    await installClock();
    const { user } = await signUpHere(closed);
    await visit(closed);
    await untilSaid(`${user} is still signed in.`);
    server.process.kill('SIGSTOP');
    await untilSaid(`Redis is away. ${user} is waiting`);
    await page.reload();
    await untilSaid('Redis does not work:');

    server.process.kill('SIGCONT');
    await passTimeUntil(`${user} is still signed in.`);
  });

  it('says when there is no Redis', async () => {
    tolerate(/status of (401|500)/);
    const unbound = await startApp({ DIAGNOSTICS });
    await visit(unbound);
    await untilSaid('No Redis is bound.');
    await leave();
    await unbound.stop();
  });
});

it('where no Redis is bound, the page says which commands bind one, and copies them', async () => {
  const unbound = await startApp({});
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await visit(unbound);
  await untilSaid('No Redis is bound.');
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
    'cf create-service redis-sb shared-vm redis-service-instance\n' +
      'cf bind-service redis-example-app redis-service-instance\n' +
      'cf restart redis-example-app',
  );
  expect(await findBarriers()).toEqual([]);
  if (process.env.LOOK) await page.screenshot({ path: process.env.LOOK });
  await leave();
  await unbound.stop();
});

it('with SIGN_UP=closed, the page offers nothing but to sign in', async () => {
  const closed = await startApp({ ...environment(3), SIGN_UP: 'closed' });
  await visit(closed);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  expect(await page.getByRole('link', { name: /sign up/i }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /guest/ }).count()).toBe(0);
  await leave();
  await closed.stop();
});

describe('with KEYS', () => {
  let closed: App;
  afterEach(async () => {
    await leave();
    await closed.stop();
  });

  it('=closed, the page says so in the place of the form', async () => {
    closed = await startApp({ ...environment(3), KEYS: 'closed' });
    await visit(closed);
    await page.getByText('Keys are closed here (KEYS=closed).').waitFor();
    expect(await page.getByRole('button', { name: 'Put' }).isVisible()).toBe(false);
    await untilSaid('Redis works.');
  });

  it('=signed-in, the page says so, and the form works for those who are', async () => {
    tolerate(/status of 403/);
    closed = await startApp({ ...environment(3), KEYS: 'signed-in' });
    await visit(closed);
    await page.getByText('Keys are for signed-in users here (KEYS=signed-in).').waitFor();
    await page.getByRole('button', { name: 'Put' }).click();
    await answer().getByText('403 keys are for signed-in users here').waitFor();

    await signUpLink().click();
    await fillIn('keeper');
    await untilSaid('keeper is still signed in.');
    await page.getByRole('button', { name: 'Put' }).click();
    await answer().getByText('201 success').waitFor();
  });
});
