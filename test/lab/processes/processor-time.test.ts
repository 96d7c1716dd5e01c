import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { startProcess } from '../../../src/lab/processes/process.ts';
import { readProcessorTime } from '../../../src/lab/processes/processor-time.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const ROUNDING = 20_000; // microseconds: user and system time, each in ticks of 10 ms

describe('the processor time of a process', () => {
  it('counts threads that have ended', async () => {
    await once(new Worker('for (let i = 0; i < 3e8; i++);', { eval: true }), 'exit');

    const { user, system } = process.cpuUsage();
    expect(await readProcessorTime(process.pid)).toBeGreaterThan(user + system - ROUNDING);
  });

  it('counts less than a tick of 10 ms', async () => {
    const start = { name: 'sleep', command: ['sleep', '60'], cwd: '/' } as const;
    const child = await startProcess({ ...start, env: { PATH: process.env.PATH } }, () => {});
    stopAtEnd(() => child.stop());

    expect((await readProcessorTime(child.pid)) % 10_000).toBeGreaterThan(0);
  });
});
