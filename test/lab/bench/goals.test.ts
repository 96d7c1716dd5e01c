/** Goals at their very bounds. */
import { judge } from '../../../src/lab/bench/goals.ts';
import type { Goals, Sample } from '../../../src/lab/bench/results.ts';

const SAMPLE: Sample = {
  requestsPerSecond: 1000,
  cpuPerRequest: 100,
  coreShare: 1,
  redisCpuPerCommand: 2,
  p50: 1,
  p99: 2,
  resident: 100,
};

/** Returns whether the goals are met by an app that has these figures where the base has the usual. */
function areMet(goals: Partial<Goals>, figures: Partial<Sample>): boolean[] {
  const standing = (contestant: string, sample: Sample) => ({
    contestant,
    commandsPerRequest: 1,
    samples: [sample],
  });
  const scenario = {
    name: 'reads',
    base: 'base',
    goals: { rates: [], ...goals },
    standings: [standing('base', SAMPLE), standing('app', { ...SAMPLE, ...figures })],
  };
  const results = { scenarios: [scenario], subject: 'app' } as unknown as Parameters<
    typeof judge
  >[0];
  return judge(results).map(({ isMet }) => isMet);
}

it.each<[string, Partial<Goals>, Partial<Sample>, Partial<Sample>]>([
  [
    'at least so many requests',
    { rates: [{ atLeast: 0.5, contestant: 'base' }] },
    { requestsPerSecond: 500 },
    { requestsPerSecond: 499 },
  ],
  [
    'at most so much work for Redis',
    { redisCpuPerCommand: 0.25 },
    { redisCpuPerCommand: 0.5 },
    { redisCpuPerCommand: 0.51 },
  ],
  ['at most such a p99', { p99: 1.5 }, { p99: 3 }, { p99: 3.01 }],
  ['less memory', { resident: 110 }, { resident: 109.9 }, { resident: 110 }],
])('%s', (_, goals, enough, tooLittle) => {
  expect(areMet(goals, enough)).toEqual([true]);
  expect(areMet(goals, tooLittle)).toEqual([false]);
});

it('are as many as there are', () => {
  expect(areMet({}, {})).toEqual([]);
});
