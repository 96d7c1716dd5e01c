/** How many instances one Redis feeds, from known costs. */
import { modelFeeding } from '../../../src/lab/bench/report.ts';
import type { Sample, ScenarioResult } from '../../../src/lab/bench/results.ts';

const sample: Sample = {
  requestsPerSecond: 10_000,
  cpuPerRequest: 100,
  coreShare: 1,
  redisCpuPerCommand: 2.5,
  p50: 1,
  p99: 2,
  resident: 100,
};

const scenario: ScenarioResult = {
  name: 'session write',
  base: 'app',
  goals: { rates: [] },
  standings: [{ contestant: 'app', commandsPerRequest: 2, samples: [sample] }],
};

it('divides the time that Redis has by the time that an instance takes of it', () => {
  const feeding = modelFeeding(scenario, 'app');

  expect(feeding.redisCpuPerRequest).toBe(5);
  expect(feeding.redisShare).toBeCloseTo(0.05);
  expect(feeding.instances).toBe(20);
});
