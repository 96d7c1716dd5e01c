/**
 * What the walk-through does with its desktop program and its monitoring commands, step by step in
 * the browser, with the Redis of the foundry.
 */
import { LESSONS } from '../../src/operator/console/try.ts';
import type { RedisService } from '../../src/lab/redis/fail-over.ts';
import type { Servers } from '../../src/lab/redis/servers.ts';
import { startRedis } from '../../src/lab/redis/topologies.ts';
import { type App, bound, startApp } from '../support/app.ts';
import { startBrowser } from '../support/browser.ts';
import { OPERATOR_PASSWORD } from '../support/operator.ts';
import { useServers } from '../support/redis-server.ts';
import { until } from '../support/until.ts';
import { openRoom, type Room } from './support.ts';

const TOPOLOGIES = {
  sentinel: { primaries: 1, replicas: 2, copies: 3, headings: 5 },
  cluster: { primaries: 3, replicas: 3, copies: 2, headings: 7 },
} as const;
type Topology = keyof typeof TOPOLOGIES;

interface Foundry extends RedisService {
  servers: Servers;
}

let foundries: Record<Topology, Foundry>;
let browser: Awaited<ReturnType<typeof startBrowser>>;
beforeAll(async () => {
  const starting = [start('sentinel'), start('cluster')] as const;
  const [sentinel, cluster, started] = await Promise.all([...starting, startBrowser()]);
  foundries = { sentinel, cluster };
  browser = started;
}, 60_000);

async function start(topology: Topology): Promise<Foundry> {
  const servers = await useServers();
  return { ...(await startRedis(topology, servers)), servers };
}

describe.each(Object.keys(TOPOLOGIES) as Topology[])('with a Redis --redis %s', (topology) => {
  const { primaries, replicas, copies, headings } = TOPOLOGIES[topology];
  let app: App;
  let room: Room;
  let page: Room['page'];
  beforeAll(async () => {
    app = await startApp({ ...bound(foundries[topology].credentials), OPERATOR_PASSWORD });
    room = await openRoom(browser, app);
    ({ page } = room);
    await room.visit('keys');
    await room.signIn();
  });
  afterEach(() => expect(room.takeComplaints(401)).toEqual([]));

  /** Sends this command, or the one that is there, and returns what is answered. */
  async function send(command?: string): Promise<string | null> {
    const answers = page.locator('.log > li');
    const before = await answers.count();
    if (command) await page.getByLabel(/^Command/).fill(command);
    await page.keyboard.press('Enter');
    await until('an answer', async () => (await answers.count()) > before);
    return answers.first().textContent();
  }

  it('the operator signs in', async () => {
    await room.see(/^Signs out in 1[45]:\d\d if idle$/);
  });

  it('a new string gets a value and an expiry, another value, and is deleted', async () => {
    await createKey('new:string', 'string', 'before', '100');
    await room.see(/^in 1 min \d+ s$/);
    await room.fill('Value', 'after\nanother line');
    await room.press('Save');
    await until('the value', async () =>
      (await app.http.get('/new:string')).text.startsWith('after'),
    );
    await room.fill('Value', 'not saved yet');
    await room.press('Remove expiry');
    await room.see(/^never$/);
    await room.fill('Expires in seconds', '100');
    await room.press('Set expiry');
    await room.see(/^in 1 min \d+ s$/);
    expect(await page.getByLabel('Value').inputValue()).toBe('not saved yet');
    await room.press('Delete key…');
    await room.press('Delete');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await app.http.get('/new:string').expect(404);
  });

  it.each([
    ['list', 'Index', 'one'],
    ['hash', 'Field', 'one'],
    ['set', 'Value', 'one'],
    ['zset', 'Score', '0'],
    ['stream', 'Fields', 'one'],
  ])('a new %s gets an element, and loses it', async (type, column) => {
    const hasField = type === 'hash' || type === 'stream';
    await createKey(`new:${type}`, type, 'one');
    await page.getByRole('columnheader', { name: column, exact: true }).waitFor();
    if (hasField) await room.see(/^first$/);
    await room.fill('Value', 'two');
    if (hasField) await room.fill('Field', 'second');
    await room.press('Add');
    await page
      .getByRole('cell', { name: 'two' })
      .or(page.getByRole('rowheader', { name: 'two' }))
      .first()
      .waitFor();
    await page
      .getByRole('button', { name: /^Remove / })
      .first()
      .click();
    await room.see(/^1 element$/);
    expect(await page.getByRole('textbox', { name: 'Value', exact: true }).inputValue()).toBe('');
  });

  it('the keys are a tree, with the type, memory and place of each', async () => {
    await room.open('keys');
    const tree = page.getByRole('navigation', { name: 'Prefixes' });
    await tree.getByRole('link', { name: 'new:' }).click();
    await until('keys of the prefix', async () => {
      const names = await page.locator('tbody th').allTextContents();
      return names.length === 5 && names.every((name) => name.startsWith('new:'));
    });
    expect(await page.locator('thead th').count()).toBe(headings);
    expect(await page.locator('tbody').textContent()).toMatch(/Hash.*bytes.*1 element/);
    await page.getByRole('link', { name: 'new:hash' }).click();
    await page.locator('dt', { hasText: 'Memory' }).waitFor();
  });

  it('a key is the same at its primary and at each replica', async () => {
    await room.open('keys/new:list');
    await room.press('Compare primary and replicas');
    await room.see(`All ${copies} servers have the same.`);
  });

  it('keys are counted, and deleted by pattern after the password again', async () => {
    await room.open('keys?match=new:*');
    await room.press('Delete by pattern…');
    expect(await room.inDialog('Name or pattern').inputValue()).toBe('new:*');
    await room.press('Count');
    await room.see(/^5 keys match\.$/);
    await room.inDialog('Your password again').fill('a wrong password');
    await room.press('Delete 5 keys');
    await room.see('the password is wrong');
    await app.http.get('/new:list').expect(409);
    await room.inDialog('Your password again').fill(OPERATOR_PASSWORD);
    await room.press('Delete 5 keys');
    await room.see(/^5 keys deleted\.$/);
    await app.http.get('/new:list').expect(404);
  });

  it('INFO is shown in its groups, of each server, with databases and replication', async () => {
    await app.http.put('/kept').type('form').send('data=value').expect(201);
    await room.open('redis');
    await until('all servers', async () => {
      const titles = await page.locator('article h3').allTextContents();
      const count = (role: string) => titles.filter((title) => title.startsWith(role)).length;
      return count('Primary') === primaries && count('Replica') === replicas;
    });
    const all = await page.locator('article').allTextContents();
    for (const name of ['Version', 'Up for', 'Memory', 'When full', 'Clients', 'Last snapshot']) {
      for (const text of all) expect(text).toContain(name);
    }
    expect(all.join()).toMatch(/db0\d+ keys?/);
    expect(all.join()).toMatch(/Replica 127\.0\.0\.1:\d+online, [\d,]+ bytes behind/);
    await room.see(/^up, heard from \d+ s ago$/);
  });

  it('the last minutes are drawn live', async () => {
    const chart = page.getByRole('img', { name: /^Memory: [\d.]+ MB; highest/ });
    await until('a line', async () =>
      /^M.*L/.test((await chart.locator('.line').getAttribute('d')) ?? ''),
    );
    const note = page.getByText(/^Commands, hits, memory and clients are those of one primary/);
    expect(await note.count()).toBe(topology === 'cluster' ? 1 : 0);
  });

  it('slow log, clients, commands with their latencies, rights and Sentinels are shown', async () => {
    const [server] = foundries[topology].servers.byName.values();
    await server!.ask('CONFIG', 'SET', 'slowlog-log-slower-than', 0);
    await server!.ask('ECHO', 'slow');
    await server!.ask('CONFIG', 'SET', 'slowlog-log-slower-than', 10_000);
    await room.open('redis');
    for (const name of ['Commands', 'Slow log', 'Clients', 'Sentinels', 'Rights'])
      await page.locator('summary', { hasText: name }).click();
    await room.see('INFO');
    await page.getByRole('columnheader', { name: 'p99 µs' }).first().waitFor();
    await page.getByRole('row', { name: /ECHO slow/i }).waitFor();
    await page.getByRole('columnheader', { name: 'Last command' }).first().waitFor();
    await room.see(/^The user may do all that is offered here/);
    await room.see(
      topology === 'sentinel' ? /^OK 3 usable Sentinels/ : 'Redis is bound without Sentinel',
    );
    if (topology === 'sentinel') expect(await room.findBarriers()).toEqual([]);
  });

  it('the console asks before it changes anything, and sends several lines as one transaction', async () => {
    await room.open('console');
    await page.getByLabel(/^Command/).fill('RPUSH mine one two');
    await page.keyboard.press('Enter');
    await room.see(/^this changes data/);
    await page.getByLabel('May change data').check();
    expect(await send('RPUSH mine one two three')).toContain('(integer) 3');
    expect(await send('LPOP mine\nLRANGE mine 0 9')).toMatch(/, one transaction.*1\) "two"/s);
    await page.getByLabel(/^Command/).fill('FLUSHALL');
    await page.keyboard.press('Enter');
    await room.see(/^FLUSHALL is not sent from here/);
    room.takeComplaints();
  });

  it('the guided list walks through the types, expiry, transactions and publishing', async () => {
    await room.open('console');
    await page.getByLabel('May change data').check();
    for (const [number, { commands }] of LESSONS.entries()) {
      const lesson = page.locator('details').nth(number);
      await lesson.locator('summary').click();
      for (const [i, command] of commands.entries()) {
        await lesson.getByRole('button').nth(i).click();
        expect(await page.getByLabel(/^Command/).inputValue()).toBe(command);
        expect(await send()).not.toMatch(/\(error\)/);
      }
    }
  });

  it('what is published from the console reaches a page that listens', async () => {
    const listener = await openRoom(browser, app);
    await listener.visit('channels');
    await listener.signIn();
    await listener.press('Listen');
    await listener.see(/^Listening to try\.$/);
    await room.open('console');
    await page.getByLabel('May change data').check();
    await send('PUBLISH try hello');
    await listener.page.locator('.messages').getByText('hello').waitFor();
    await listener.page.close();
  });

  it('the operator signs out', async () => {
    await room.press('Sign out');
    await page.getByLabel('Operator password').waitFor();
    await page.close();
  });

  async function createKey(key: string, type: string, value: string, ttl = ''): Promise<void> {
    await room.open('keys');
    await room.press('New key…');
    await room.inDialog('Key').fill(key);
    await page.getByRole('dialog').getByRole('combobox').selectOption(type);
    await room.inDialog('Value').fill(value);
    if (type === 'hash' || type === 'stream') await room.inDialog('Field').fill('first');
    await room.inDialog('Expires in seconds (empty: never)').fill(ttl);
    await room.press('Create');
    await page.getByRole('heading', { name: key }).waitFor();
  }
});
