/** Shares of a busy process: one and the same stands for every part. */
import os, { type CpuInfo, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureUsage } from '../../../src/lab/scale-out/usage.ts';

it.each([
  ['a share of a core', 0.5, 0.5],
  ['no limit', 0, 1],
])('are of what the part may use: instances with %s', async (_what, share, cores) => {
  const { pid } = process;
  const readUsage = measureUsage({ instances: [pid, pid], router: pid, redis: pid }, share);
  await sleep(500); // it reads the times before, also on a busy machine
  for (const began = performance.now(); performance.now() - began < 500;);
  const { instances, router, redis } = await readUsage();

  expect(redis).toBeGreaterThan(0.1);
  expect(instances / redis).toBeCloseTo(1 / cores, 0.5);
  expect(router / redis).toBeCloseTo(1 / cpus().length, 0.5);
});

it('is of the machine what its cores were not idle, all together', async () => {
  const core = (user: number, idle: number) =>
    ({ times: { user, nice: 0, sys: 1, idle, irq: 0 } }) as CpuInfo;
  const begin = [core(10, 100), core(20, 100)];
  const end = [core(60, 150), core(20, 200)];
  jest.spyOn(os, 'cpus').mockReturnValueOnce(begin).mockReturnValue(end);
  const { pid } = process;
  const { machine } = await measureUsage({ instances: [pid], router: pid, redis: pid }, 0)();
  jest.restoreAllMocks();

  expect(machine).toBe(50 / 200);
});
