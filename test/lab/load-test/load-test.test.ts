/** `npm run load-test` against the real app, and against one that is broken on purpose. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import { INSTANCES_KEY, sessionKey, THROTTLE_PREFIX } from '../../../src/redis/names.ts';
import { handleOf } from '../../../src/sessions/record.ts';
import { until } from '../../support/until.ts';
import { type App, bound, startApp } from '../../support/app.ts';
import { countCalls } from '../../support/commands.ts';
import { compiled, runLab, startLab } from '../../support/lab.ts';
import { connectTo, type RedisServer, startRedis } from '../../support/redis-server.ts';
import { serve } from '../../support/serve.ts';

let redis: RedisServer;
let client: Redis;
let app: App;
let directory: string;
beforeAll(async () => {
  redis = await startRedis();
  client = connectTo(redis);
  app = await startApp(bound(redis));
  directory = await mkdtemp(join(tmpdir(), 'load-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

interface Summary {
  requests: number;
  rate: number;
  duration: number;
  latency: Record<'p50' | 'p95' | 'p99' | 'max', number>;
  errors: Record<string, number>;
  logins: number;
  loginsLost: number;
  valuesWrong: number;
  loadTest: { threads: number; busy: number; processor: number };
  instances: Record<string, { requests: number; rate: number; p99: number }>;
  steps: (Summary & { count: number | null })[];
}

const FEW = ['--users', '5', '--duration', '1'];
/** So many that two threads serve them, on two cores. */
const MANY = ['--users', '40'];
/** Where it does not matter how much is asked: without a rate, the load test takes all that there is. */
const GENTLY = ['--rate', '200'];

/** Runs it, with few users and for a second if not told otherwise. */
async function loadTest(...args: string[]) {
  const json = join(directory, 'summary.json');
  const { code, said } = await run('--json', json, ...FEW, ...args);
  const summary = code === 2 ? null : (JSON.parse(await readFile(json, 'utf8')) as Summary);
  return { code, said, summary: summary! };
}

function run(...args: string[]): Promise<{ code: number; said: string }> {
  return runLab('load-test/load-test', args, { env: { TMPDIR: directory } });
}

function originOf({ port }: { port: number }): string {
  return `http://127.0.0.1:${port}`;
}

/** What is left of users in Redis; counters of attempts end by themselves. */
async function keysLeft(): Promise<string[]> {
  const keys = await client.keys('*');
  return keys.filter((key) => key !== INSTANCES_KEY && !key.startsWith(THROTTLE_PREFIX));
}

describe.each(['keys', 'sessions', 'mixed'])('--scenario %s', (scenario) => {
  it('finds no failure with the app, and leaves nothing behind', async () => {
    const { code, said, summary } = await loadTest(originOf(app), '--scenario', scenario);

    expect(said).toContain('No login lost, no value wrong');
    expect(summary).toMatchObject({ errors: {}, loginsLost: 0, valuesWrong: 0 });
    expect(summary.requests).toBeGreaterThan(20); // five users, as fast as answers come
    expect(await keysLeft()).toEqual([]);
    expect(code).toBe(0);
  });
});

it('attributes each answer to its instance', async () => {
  const { summary } = await loadTest(originOf(app), '--scenario', 'keys', ...MANY, ...GENTLY);
  const [name, figures] = Object.entries(summary.instances)[0]!;

  expect(Object.keys(summary.instances)).toHaveLength(1);
  expect(name).toMatch(/^0\/[0-9a-f]{8}$/);
  expect(figures.requests).toBe(summary.requests);
  expect(figures.p99).toBe(summary.latency.p99);
});

it('keeps to a rate, whatever the number of connections', async () => {
  const flags = ['--rate', '50', '--connections', '3', '--users', '7', '--duration', '2'];
  let { summary } = await loadTest(originOf(app), ...flags);
  // A busy machine may be slow once; a load test that keeps to no rate is so each time
  for (let i = 0; i < 2 && summary.requests < 90; i++) {
    ({ summary } = await loadTest(originOf(app), ...flags));
  }

  expect(summary.requests).toBeGreaterThanOrEqual(90); // the last round may not be due
  expect(summary.rate).toBeLessThan(65);
  expect(summary.logins).toBe(7);
});

it('keeps its results in a new directory that only its user can read', async () => {
  const { said } = await loadTest(originOf(app), '--scenario', 'keys', ...GENTLY);
  const path = /^Results: (.*)$/m.exec(said)![1]!;

  expect(dirname(dirname(path))).toBe(directory);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect(await readFile(path, 'utf8')).toMatch(/^{"type":"begin"/);
});

describe('a file of results', () => {
  let results: string;
  let printed: string;
  beforeAll(async () => {
    results = join(directory, 'results.jsonl');
    const flags = ['--scenario', 'keys', '--results', results, ...GENTLY];
    const test = await loadTest(originOf(app), ...flags);
    printed = test.said;
  });

  it('is printed again as a table', async () => {
    const report = await run('report', results);

    expect(report.code).toBe(0);
    for (const line of report.said.trim().split('\n')) expect(printed).toContain(line);
    expect(report.said).toMatch(/^\| all +\| +[\d,]+ \|/m);
  });

  it('is plotted', async () => {
    const { code, said } = await run('plot', results);

    expect(said).toContain(`Report with plots: ${results}.html`);
    expect(await readFile(`${results}.html`, 'utf8')).toContain('No login lost, no value wrong');
    expect(code).toBe(0);
  });

  it('is read even if it breaks off', async () => {
    const whole = await readFile(results, 'utf8');
    const broken = join(directory, 'broken.jsonl');
    await writeFile(broken, whole.slice(0, whole.lastIndexOf('{"type":"second"') + 30));
    const { code, said } = await run('report', broken);

    expect(said).toContain('No login lost, no value wrong');
    expect(code).toBe(0);
  });
});

it('makes one report of several files', async () => {
  const files = ['one.jsonl', 'two.jsonl'].map((name) => join(directory, name));
  const tests = files.map((file) => loadTest(originOf(app), '--rate', '50', '--results', file));
  for (const { code } of await Promise.all(tests)) expect(code).toBe(0);
  const json = join(directory, 'report.json');
  const readReport = async () => JSON.parse(await readFile(json, 'utf8')) as Summary;
  let requests = 0;
  for (const file of files) {
    await run('report', file, '--json', json);
    requests += (await readReport()).requests;
  }
  const html = join(directory, 'report.html');
  const { code, said } = await run('plot', ...files, '--json', json, '--html', html);
  const both = await readReport();
  const page = await readFile(html, 'utf8');

  expect(said).toMatch(/No login lost, no value wrong, in [\d,]+ requests\./);
  const fact = (name: string) => RegExp(`<dt>${name}</dt><dd>([^<]*)</dd>`).exec(page)![1];
  expect(['Users', 'Connections', 'Rate'].map(fact)).toEqual([
    '10',
    '10',
    '100 requests per second',
  ]);
  expect(both.logins).toBe(10);
  expect(requests).toBeGreaterThan(20);
  expect(both.requests).toBe(requests);
  expect(both.loadTest).toMatchObject({ threads: 2 });
  expect(code).toBe(0);
});

it('says which format a file of another version has', async () => {
  const old = join(directory, 'old.jsonl');
  await writeFile(old, '{"type":"begin","version":1}\n');
  const { code, said } = await run('report', old);

  expect(said.trim()).toBe(
    `${old} was written by another version of the load test: it has format 1, not 2.`,
  );
  expect(code).toBe(2);
});

it('measures itself', async () => {
  const { code, said } = await run('--self-test', '--duration', '1');

  expect(said).toMatch(/^This machine: [\d,]+ checked answers\/s with \d+ threads?, [\d.]+ µs /);
  expect(said).toMatch(/^No login lost, no value wrong, in [\d,]+ requests\.$/m);
  expect(code).toBe(0);
});

it('says how much of its threads it used', async () => {
  const url = `127.0.0.1:${app.port}`; // http:// if not given
  const { summary } = await loadTest(url, '--scenario', 'keys', '--connections', '1', ...GENTLY);

  expect(summary.loadTest.threads).toBe(1);
  expect(summary.loadTest.busy).toBeGreaterThan(0);
  expect(summary.loadTest.busy).toBeLessThan(1);
  expect(summary.loadTest.processor).toBeGreaterThan(0);
});

it('says what a file holds that is none of its own', async () => {
  const { code, said } = await run('report', join(import.meta.dirname, 'fixtures.ts'));

  expect(said).toContain('fixtures.ts holds no results of a load test');
  expect(code).toBe(2);
});

it('stops at Ctrl-C, reports what it has, and leaves nothing behind', async () => {
  const args = [originOf(app), '--users', '5', '--duration', '60', ...GENTLY];
  const before = await countCalls(client, 'del');
  const child = await startLab('load-test/load-test', args, { env: { TMPDIR: directory } });
  await until('the load has begun', async () => (await countCalls(client, 'del')) > before);
  child.signal('SIGINT');
  const code = await child.ended;

  expect(child.output()).toMatch(/No login lost, no value wrong, in [\d,]+ requests\./);
  expect(code).toBe(0);
  expect(await keysLeft()).toEqual([]);
});

it('does not mind a reader who stops reading', () => {
  const command = `${process.execPath} ${compiled('load-test/load-test')} --help | true`;
  const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });

  expect(stderr).toBe('');
});

describe('what it refuses', () => {
  it('is a target that is not the app', async () => {
    const other = await serve((_, response) => response.end('hello'));

    const { code, said } = await loadTest(other);

    expect(said).toContain('does not look like redis-example-app');
    expect(code).toBe(2);
  });

  it('is not that target when it is told to', async () => {
    const other = await serve((_, response) => response.end('hello'));

    const { code, summary } = await loadTest(
      other,
      '--any-target',
      '--scenario',
      'keys',
      ...GENTLY,
    );

    expect(summary.instances).toHaveProperty('none');
    expect(code).toBe(1); // no value is as it was stored
  });

  it('is a target that redirects, as a site does that wants https', async () => {
    const other = await serve((_, response) =>
      response.writeHead(301, { Location: 'https://app.example.com/status/health' }).end(),
    );

    expect((await loadTest(other)).said).toContain(
      'redirects to https://app.example.com/status/health: give that URL',
    );
  });

  it('is to wait for instances that the app does not list', async () => {
    const { host, port } = redis;
    const closed = await startApp({ ...bound({ host, port }), DIAGNOSTICS: 'closed' });
    const steps = ['--instances', '2', '--scale', 'true'];

    expect((await loadTest(originOf(closed), ...steps)).said).toMatch(
      /does not list its instances: this is closed to the public \(DIAGNOSTICS=closed\)\./,
    );
  });

  it.each([
    [['--users', '0'], '--users is a whole number from 1 to 10000, and not "0".'],
    [['--connections', '1000'], '--connections is a whole number from 1 to 128'],
    [['--scenario', 'all'], '--scenario is one of keys, signed-in, sessions, mixed'],
    [['--scale', 'x'], '--instances and --scale go together.'],
    [['--instances', '1'], '--instances and --scale go together.'],
    [['--instances', '1,101', '--scale', 'x'], '--instances is a whole number from 1 to 100'],
  ])('is %j', async (flags, sentence) => {
    const { code, said } = await run(originOf(app), ...flags);

    expect(said).toContain(sentence);
    expect(code).toBe(2);
  });

  it('is an app that nobody can sign up at', async () => {
    const closed = await startApp({ ...bound(redis), SIGN_UP: 'closed' });

    const { code, said } = await loadTest(originOf(closed), ...MANY);

    expect(said).toContain('POST /session/sign-up failed: HTTP 403');
    expect(said).toContain('sign-up is closed');
    expect(code).toBe(2);
  });
});

describe('an app that is broken on purpose', () => {
  it('loses five sessions, and is found out', async () => {
    let requests = 0;
    let dropped = 0;
    const broken = await serveBroken(async (request) => {
      // None in the last moments, when it is too late to sign in again
      if (dropped === 5 || !request.headers.cookie || ++requests % 30 !== 0) return;
      dropped += await client.del(sessionKey(handleOf(request.headers.cookie.split('=')[1]!)));
    });

    const { code, said, summary } = await loadTest(
      broken,
      '--scenario',
      'sessions',
      '--duration',
      '3',
      ...GENTLY,
    );

    expect(dropped).toBeGreaterThan(0);
    expect(summary).toMatchObject({ loginsLost: dropped, logins: 5 + dropped });
    expect(said).toMatch(/\d+ logins? LOST/);
    expect(code).toBe(1);
  });

  it("returns a neighbour's value now and then, and is found out", async () => {
    let reads = 0;
    const broken = await serveBroken(async (request) => {
      if (request.method !== 'GET' || ++reads < 17) return;
      const keys = await client.keys('load-test-*');
      const neighbour = keys.find((key) => `/${key}` !== request.url);
      if (!neighbour) return; // just now, nobody else has stored anything
      request.url = `/${neighbour}`;
      reads = 0;
    });

    const { code, said, summary } = await loadTest(
      broken,
      '--scenario',
      'keys',
      '--duration',
      '3',
      ...MANY,
      ...GENTLY,
    );

    expect(summary.valuesWrong).toBeGreaterThan(0);
    expect(summary.loginsLost).toBe(0);
    expect(said).toMatch(/\d+ values? WRONG/);
    expect(code).toBe(1);
  });

  it("answers with another user's session, and is found out", async () => {
    const cookies = new Set<string>();
    let requests = 0;
    const broken = await serveBroken(async ({ headers, url }) => {
      if (!headers.cookie) return;
      cookies.add(headers.cookie);
      if (url !== '/session/me' || ++requests % 17 !== 0) return;
      headers.cookie = [...cookies].find((cookie) => cookie !== headers.cookie);
    });

    const { code, summary } = await loadTest(broken, '--scenario', 'sessions', ...MANY, ...GENTLY);

    expect(summary.valuesWrong).toBeGreaterThan(0);
    expect(code).toBe(1);
  });
});

/** The app behind something that meddles with requests. */
function serveBroken(meddle: (request: IncomingMessage) => Promise<void>) {
  return serve(async (request, response) => {
    await meddle(request);
    const { method, url: path, headers } = request;
    const forwarded = ask(
      { host: '127.0.0.1', port: app.port, method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(forwarded);
  });
}
