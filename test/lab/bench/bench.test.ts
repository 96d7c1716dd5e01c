/** `npm run bench` as a program. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAtEnd } from '../../support/cleanup.ts';
import { isRunning, listChildren, runLab, startLab } from '../../support/lab.ts';

it('clears all away on Ctrl-C', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'bench-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  const bench = await startLab('bench/bench', ['--scenario', '2'], { env: { TMPDIR } });
  await bench.prints(/starting the servers/);
  const children = listChildren(bench.pid);
  bench.signal('SIGINT');

  expect(await bench.ended).toBe(1);
  expect(bench.output()).toMatch(/^Stopped\.$/m);
  expect(children.length).toBeGreaterThan(0); // Redis
  expect([...children.filter(isRunning), ...(await readdir(TMPDIR))]).toEqual([]);
});

it.each([
  [['--rounds', '0'], '--rounds is a whole number from 1 to 99999, and not "0".'],
  [['--scenario', '9'], 'There is no scenario "9": --help names them.'],
])('refuses %j', async (args, sentence) => {
  const { code, said } = await runLab('bench/bench', args);

  expect(said).toMatch(/^Usage: npm run bench /);
  expect(said.endsWith(`\n\n${sentence}\n`)).toBe(true);
  expect(code).toBe(1);
});
