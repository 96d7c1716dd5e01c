import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge } from '../../src/bench/goals.ts';
import { report } from '../../src/bench/report.ts';
import type { Results, Sample } from '../../src/bench/results.ts';

const GOLDEN = join(import.meta.dirname, 'report.golden.md');

const BARE = 'bare node:http + ioredis';
const APP = 'redis-example-app';

const results: Results = {
  conditions: {
    connections: 64,
    rounds: 3,
    seconds: 2,
    warmUp: 3,
    pinned: true,
    cores: 2,
    versions: { node: '24.18.0', redis: '7.0.15', wrk: '4.1.0' },
  },
  base: BARE,
  subject: APP,
  scenarios: [
    {
      name: 'GET of 3 bytes',
      rateGoal: 0.85,
      standings: [
        { contestant: BARE, samples: [40_000, 20_000, 42_000].map(bareSample) },
        { contestant: APP, samples: [36_000, 17_600, 35_700].map(appSample) },
      ],
    },
    {
      name: 'PUT of 3 bytes',
      rateGoal: 0.75,
      standings: [
        { contestant: BARE, samples: [30_000, 30_000, 30_000].map(bareSample) },
        {
          contestant: APP,
          samples: [21_000, 24_000, 21_600]
            .map(appSample)
            .map((sample) => ({ ...sample, coreShare: 0.6 })),
        },
      ],
    },
  ],
};

function bareSample(requestsPerSecond: number): Sample {
  return {
    requestsPerSecond,
    cpuPerRequest: 1e6 / requestsPerSecond,
    coreShare: 1,
    redisCpuPerCommand: 4.7,
    p50: 1.5,
    p99: 3.4,
    resident: 71.3,
  };
}

function appSample(requestsPerSecond: number, round: number): Sample {
  return {
    ...bareSample(requestsPerSecond),
    redisCpuPerCommand: 0.94,
    p50: 1.75,
    p99: 4.42,
    resident: 96 + round,
  };
}

function changeApp(change: Partial<Sample>): Results {
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    standings: scenario.standings.map(({ contestant, samples }) => ({
      contestant,
      samples: contestant === APP ? samples.map((sample) => ({ ...sample, ...change })) : samples,
    })),
  }));
  return { ...results, scenarios };
}

describe('the report', () => {
  it('is as in the golden file', () => {
    expect(report(results)).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('says that nothing was pinned', () => {
    const conditions = { ...results.conditions, pinned: false };
    expect(report({ ...results, conditions })).toContain('Nothing was pinned to a core');
  });

  it('says nothing of bottlenecks when every server used its core', () => {
    expect(report(changeApp({ coreShare: 1 }))).not.toContain('part of its core unused');
  });

  it('says when all goals are met', () => {
    expect(report(changeApp({ requestsPerSecond: 40_000 }))).toContain('All 8 goals are met.');
  });
});

describe('the goals', () => {
  it('are judged by the median of the ratios', () => {
    const rates = judge(results).filter(({ goal }) => goal.startsWith('requests/s'));
    expect(rates).toEqual([
      {
        scenario: 'GET of 3 bytes',
        goal: 'requests/s at least 0.85 × bare',
        measured: { median: 0.88, minimum: 0.85, maximum: 0.9 },
        isMet: true,
      },
      {
        scenario: 'PUT of 3 bytes',
        goal: 'requests/s at least 0.75 × bare',
        measured: { median: 0.72, minimum: 0.7, maximum: 0.8 },
        isMet: false,
      },
    ]);
  });

  it.each<[string, Partial<Sample>]>([
    ['Redis CPU at most 1.2 µs/command', { redisCpuPerCommand: 1.21 }],
    ['p99 at most 1.5 × bare', { p99: 5.2 }],
    ['resident below 110 MB', { resident: 110 }],
  ])('hold the app to: %s', (name, change) => {
    const isMet = (all: Results) => judge(all).find(({ goal }) => goal === name)?.isMet;
    expect(isMet(results)).toBe(true);
    expect(isMet(changeApp(change))).toBe(false);
  });
});
