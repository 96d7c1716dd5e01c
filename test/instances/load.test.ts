/** How busy an instance is, from one reading to the next. */
import perfHooks from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { countAnswer, createRequestCounts } from '../../src/http/request-counts.ts';
import { createLoadMeter } from '../../src/instances/load.ts';
import { until } from '../support/until.ts';

const BLOCKED = 800; // milliseconds

describe('the load', () => {
  it('has the processor time that was used since the last reading', async () => {
    const readLoad = createLoadMeter(createRequestCounts());
    for (const use of [block, rest]) {
      const [began, before] = [performance.now(), process.cpuUsage()];
      await use();
      const { user, system } = process.cpuUsage(before);
      const cores = (user + system) / 1000 / (performance.now() - began);
      expect(readLoad().cpu).toBeCloseTo(cores, 1);
    }
  });

  it('has it to a thousandth of a core, whether the app or the system took it', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const cpu = jest.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
    const readLoad = createLoadMeter(createRequestCounts());
    clock.mockReturnValue(2000);
    cpu.mockReturnValue({ user: 200_000, system: 46_900 });
    expect(readLoad().cpu).toBe(0.123);
    clock.mockRestore();
    cpu.mockRestore();
  });

  it('has the requests per second and their p95, until they are read', async () => {
    const counts = createRequestCounts();
    const readLoad = createLoadMeter(counts);
    const began = performance.now();
    for (let duration = 1; duration <= 100; duration++) {
      countAnswer(counts, { method: 'GET', url: '/', status: 200, duration });
    }
    await block();
    const load = readLoad();
    expect(load.requestsPerSecond).toBeCloseTo(100_000 / (performance.now() - began), -1);
    expect(load.p95).toBeCloseTo(95, 0);
    expect(load.memory).toBeGreaterThan(10_000_000);
    expect(readLoad()).toMatchObject({ requestsPerSecond: 0, p95: null });
  });

  it('is per second since the last reading, not since the first', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const counts = createRequestCounts();
    const readLoad = createLoadMeter(counts);
    clock.mockReturnValue(60_000);
    readLoad();
    for (let i = 0; i < 10; i++)
      countAnswer(counts, { method: 'GET', url: '/', status: 200, duration: 1 });
    clock.mockReturnValue(62_000);
    expect(readLoad().requestsPerSecond).toBe(5);
    clock.mockRestore();
  });

  it('has the memory that is resident', () => {
    const { memory } = createLoadMeter(createRequestCounts())();
    expect(memory / process.memoryUsage.rss()).toBeCloseTo(1, 1);
  });

  it.each([
    ['as often as they were sampled: not at all', 20, 0],
    ['earlier, by the grain of the clock: not at all either', 19.9, 0],
    ['70 ms after the last one: by 50', 70, 50],
  ])('says by how much timers were late that came %s', (_when, interval, lag) => {
    const percentile = (rank: number) => (rank === 99 ? interval * 1e6 : 0);
    const histogram = { enable() {}, reset() {}, percentile };
    const monitor = jest.spyOn(perfHooks, 'monitorEventLoopDelay');
    monitor.mockReturnValue(histogram as unknown as perfHooks.IntervalHistogram);
    expect(createLoadMeter(createRequestCounts())().eventLoopLag).toBe(lag);
    monitor.mockRestore();
  });

  it('forgets how late timers were before the last reading', async () => {
    const readLoad = createLoadMeter(createRequestCounts());
    await rest(); // the first sample of a histogram is dropped
    await block();
    expect(readLoad().eventLoopLag).toBeGreaterThan(BLOCKED / 2);

    await rest();
    expect(readLoad().eventLoopLag).toBeLessThan(BLOCKED / 2);
  });
});

/** Keeps the event loop from turning, and then lets it turn. */
async function block(): Promise<void> {
  for (const began = performance.now(); performance.now() < began + BLOCKED;);
  await rest();
}

/** Lets several turns of timers pass. */
async function rest(): Promise<void> {
  let turns = 0;
  await until('timers have turned ten times', () => ++turns > 10);
  await nextTurn();
}
