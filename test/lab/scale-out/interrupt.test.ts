/** Ctrl-C in `npm run scale-out`. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAtEnd } from '../../support/cleanup.ts';
import { isRunning, listChildren, startLab } from '../../support/lab.ts';

it('prints what was measured, and clears all away', async () => {
  const TMPDIR = await mkdtemp(join(tmpdir(), 'scale-out-test-'));
  stopAtEnd(() => rm(TMPDIR, { recursive: true }));
  const args = ['--instances', '1', '--users', '2', '--seconds', '60'];
  const program = await startLab('scale-out/scale-out', args, { env: { TMPDIR } });
  await program.prints(/Nothing happens/);
  await sleep(1000);
  const foundry = listChildren(program.pid);
  const started = [...foundry, ...foundry.flatMap(listChildren)];
  program.signal('SIGINT');

  expect(await program.ended).toBe(0);
  expect(program.output()).toMatch(/^\| Nothing happens \| in memory \| +1 \|/m);
  expect(started.length).toBeGreaterThanOrEqual(2); // the foundry and an instance
  expect([...started.filter(isRunning), ...(await readdir(TMPDIR))]).toEqual([]);
});
