/** Ctrl-C in `npm run scale-out`. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAtEnd } from '../../support/cleanup.ts';
import { isRunning, listChildren, startLab } from '../../support/lab.ts';

it('prints what was measured, and clears all away', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'scale-out-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  const args = ['--instances', '1', '--cpu', '0', '--connections', '2', '--seconds', '60'];
  const program = await startLab('scale-out/scale-out', args, { env: { TMPDIR } });
  await program.prints(/keys, instances: 1, to warm up/);
  const started = listChildren(program.pid);
  program.signal('SIGINT');

  expect(await program.ended).toBe(0);
  expect(program.output()).toMatch(/^\| what happens +\| sessions/m);
  expect(started.length).toBeGreaterThanOrEqual(3); // router, Redis and an instance
  expect([...started.filter(isRunning), ...(await readdir(TMPDIR))]).toEqual([]);
});
