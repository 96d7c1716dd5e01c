/** Waiting for what has no event. */
import { until } from '../../../src/lab/processes/until.ts';

describe('until', () => {
  it('asks until the answer is neither false, null nor undefined, and returns it', async () => {
    const answers = [false, null, undefined, 0];
    expect(await until('a number', () => answers.shift())).toBe(0);
    expect(answers).toEqual([]);
  });

  it('names its goal when it gives up', async () => {
    const never = until('The tide is high', () => false, { limit: 30, pause: 10 });
    await expect(never).rejects.toThrow('The tide is high: not within 0.03 seconds');
  });

  it('ends with its signal', async () => {
    const stopping = new AbortController();
    const never = until('nothing', () => false, { pause: 60_000, signal: stopping.signal });
    stopping.abort();
    await expect(never).rejects.toThrow('aborted');
  });

  it('rejects with the reason of its signal, whether it asks or waits then', async () => {
    const reason = new Error('The foundry stops.');
    const stopping = new AbortController();
    const { signal } = stopping;
    const ends = await Promise.allSettled([
      until('nothing', () => false, { pause: 60_000, signal }),
      until('nothing', async () => stopping.abort(reason), { signal }),
    ]);

    expect(ends).toEqual(Array(2).fill({ status: 'rejected', reason }));
  });
});
