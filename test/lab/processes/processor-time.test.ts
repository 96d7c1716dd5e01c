import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { readProcessorTime } from '../../../src/lab/processes/processor-time.ts';

const ROUNDING = 20_000; // microseconds: user and system time, each in ticks of 10 ms

describe('the processor time of a process', () => {
  it('counts threads that have ended', async () => {
    await once(new Worker('for (let i = 0; i < 3e8; i++);', { eval: true }), 'exit');

    const { user, system } = process.cpuUsage();
    expect(await readProcessorTime(process.pid)).toBeGreaterThan(user + system - ROUNDING);
  });
});
