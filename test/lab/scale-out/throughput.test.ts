/** A small part of the experiment, for real. One connection stays in one thread, which Jest can run. */
import type { Throughput } from '../../../src/lab/scale-out/results.ts';
import { measureThroughput, toResult } from '../../../src/lab/scale-out/throughput.ts';
import { crash } from '../load-test/fixtures.ts';

const EXTENT = {
  variables: {},
  scenarios: ['signed-in'] as const,
  counts: [1],
  duration: 1,
  connections: 1,
};

it('measures a number of instances, and warms up before', async () => {
  const said: string[] = [];
  const results: Throughput[] = [];
  await measureThroughput(
    { ...EXTENT, share: 0 },
    {
      signal: new AbortController().signal,
      say: (text) => said.push(text),
      report: (result) => results.push(result),
    },
  );

  expect(said).toEqual([
    'signed-in reads: 1 users sign up.',
    'signed-in reads, instances: 1, to warm up.',
    'signed-in reads, instances: 1, to warm up.',
    'signed-in reads, instances: 1, to warm up.',
    'signed-in reads, instances: 1.',
  ]);
  expect(results).toMatchObject([
    { scenario: 'signed-in', instances: 1, errors: 0, loginsLost: 0 },
  ]);
  const { requests, rate, p99, limit } = results[0]!;
  expect(requests).toBeGreaterThan(10);
  expect(rate).toBeGreaterThan(10);
  expect(p99).toBeGreaterThan(0);
  expect(limit).not.toBe('');
}, 60_000);

it('counts wrong values with the errors, and names what was busy', () => {
  const [step] = crash().steps;
  const usage = { instances: 0.5, redis: 0.2, router: 0.1, machine: 0.6 };
  const loadTest = { threads: 2, busy: 0.95, processor: 20 };

  expect(toResult('mixed', { ...step!, loadTest }, usage)).toEqual({
    scenario: 'mixed',
    instances: 3,
    requests: 12_000,
    rate: 1200,
    p99: 30,
    errors: 246 + 1,
    loginsLost: 17,
    limit: 'the load test',
  });
  const idle = toResult('mixed', { ...step!, loadTest: null }, usage);
  expect(idle.limit).toBe('the cores of this machine, busy for 60 % of the time');
});

it('ends with what it has when it is told to stop', async () => {
  const report = jest.fn();
  const signal = AbortSignal.abort();
  await measureThroughput({ ...EXTENT, share: 0 }, { signal, say: () => {}, report });

  expect(report).not.toHaveBeenCalled();
});
