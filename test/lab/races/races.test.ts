/** `npm run races` as a program, at a small scale. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../src/lab/races/results.ts';
import { stopAtEnd } from '../../support/cleanup.ts';
import { compiled, isRunning, listChildren, ROOT, runLab, startLab } from '../../support/lab.ts';

const SMALL = ['--sessions', '5', '--writes', '8'];
const APP = 'redis-example-app';

async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'races-test-'));
  stopAtEnd(() => rm(directory, { recursive: true }));
  return directory;
}

describe('the races', () => {
  let results: Result[];
  let svg: string;
  let code: number;
  let said: string;
  beforeAll(async () => {
    const directory = await makeDirectory();
    const files = { json: join(directory, 'races.json'), svg: join(directory, 'races.svg') };
    const args = [...SMALL, '--json', files.json, '--svg', files.svg];
    ({ code, said } = await runLab('races/races', args));
    results = JSON.parse(await readFile(files.json, 'utf8'));
    svg = await readFile(files.svg, 'utf8');
  }, 120_000);

  it('find that this app loses no update and revives no session', () => {
    expect(results.find(({ server }) => server === APP)!.outcomes).toEqual({
      writes: { done: 40, undone: 0 },
      'sign-outs amid requests': { done: 5, undone: 0 },
      'sign-outs amid an upload': { done: 5, undone: 0 },
    });
    expect(code).toBe(0);
  });

  it('find that others lose updates and revive sessions', () => {
    const peers = results.filter(({ server }) => server !== APP);

    expect(peers).toHaveLength(3);
    for (const { outcomes } of peers) {
      expect(outcomes.writes.undone).toBeGreaterThan(0);
      expect(outcomes['sign-outs amid an upload'].undone).toBeGreaterThan(0);
    }
  });

  it('print a table, and draw a plot', () => {
    expect(said).toMatch(
      /^\| redis-example-app +\| +40 \| +0 \| +5 \| +0 \| +5 \| +0 \| as pushed/m,
    );
    expect(svg).toContain('redis-example-app 0 of 40');
  });
});

it('end with 1 when this app loses updates', async () => {
  const home = await makeDirectory();
  await mkdir(join(home, 'dist'));
  await symlink(join(ROOT, 'dist/lab'), join(home, 'dist/lab'));
  const broken = compiled('peers/servers/koa-session');
  await writeFile(join(home, 'dist/server.js'), `import(${JSON.stringify(broken)})`);
  const { code, said } = await runLab('races/races', SMALL, { cwd: home });

  expect(said).toMatch(/^redis-example-app lost updates or revived sessions\.$/m);
  expect(code).toBe(1);
}, 120_000);

it('clear all away on Ctrl-C', async () => {
  const TMPDIR = await makeDirectory();
  const races = await startLab('races/races', [], { env: { TMPDIR } });
  await races.prints(/: writes$/m);
  const children = listChildren(races.pid);
  races.signal('SIGINT');

  expect(await races.ended).toBe(1);
  expect(races.output()).toMatch(/^Stopped\.$/m);
  expect(children).toHaveLength(3); // Redis and two instances
  expect([...children.filter(isRunning), ...(await readdir(TMPDIR))]).toEqual([]);
});

it.each([
  [['--sessions', '161'], '--sessions is a whole number from 1 to 160, and not "161".'],
  [['--writes', '1'], '--writes is a whole number from 2 to 100, and not "1".'],
])('refuse %j', async (args, sentence) => {
  const { code, said } = await runLab('races/races', args);

  expect(said).toMatch(/^Usage: npm run races /);
  expect(said.endsWith(`\n\n${sentence}\n`)).toBe(true);
  expect(code).toBe(1);
});
