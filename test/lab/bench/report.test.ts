import { join } from 'node:path';
import { judge } from '../../../src/lab/bench/goals.ts';
import { report } from '../../../src/lab/bench/report.ts';
import type { Goals, Results, Sample, Standing } from '../../../src/lab/bench/results.ts';
import { expectGolden } from '../../support/golden.ts';

const GOLDEN = join(import.meta.dirname, 'report.golden.md');

const BARE = 'bare node:http + ioredis';
const APP = 'redis-example-app';
const BARE_SESSION = 'bare session server';
const EXPRESS = 'express + express-session + connect-redis';

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
  subject: APP,
  peer: EXPRESS,
  servers: [
    { contestant: BARE, startUps: [150, 148, 160.4], idle: 51.2 },
    { contestant: APP, startUps: [420, 400, 410], idle: 72.4, sessionBytes: 426.6 },
    { contestant: BARE_SESSION, startUps: [152, 150, 151], idle: 51, sessionBytes: 300 },
    { contestant: EXPRESS, startUps: [350, 360, 355], idle: 80, sessionBytes: 400 },
  ],
  scenarios: [
    {
      name: 'GET of 3 bytes',
      base: BARE,
      goals: keyGoals(0.85),
      standings: [
        standing(BARE, 1, [40_000, 20_000, 42_000].map(bareSample)),
        standing(APP, 1, [36_000, 17_600, 35_700].map(appSample)),
      ],
    },
    {
      name: 'PUT of 3 bytes',
      base: BARE,
      goals: keyGoals(0.75),
      standings: [
        standing(BARE, 1, [30_000, 30_000, 30_000].map(bareSample)),
        standing(
          APP,
          1,
          [21_000, 24_000, 21_600].map(appSample).map((sample) => ({ ...sample, coreShare: 0.6 })),
        ),
      ],
    },
    {
      name: 'signed-in read',
      base: BARE_SESSION,
      goals: {
        rates: [
          { atLeast: 0.7, contestant: BARE_SESSION },
          { atLeast: 6.5, contestant: EXPRESS },
        ],
        resident: 110,
      },
      standings: [
        standing(BARE_SESSION, 1, [30_000, 30_000, 30_000].map(bareSample)),
        standing(APP, 1.004, [24_000, 21_000, 27_000].map(appSample)),
        standing(EXPRESS, 2, [4000, 4000, 4000].map(expressSample)),
      ],
    },
  ],
};

function keyGoals(atLeast: number): Goals {
  const rates = [{ atLeast, contestant: BARE }];
  return { rates, redisCpuPerCommand: 0.26, p99: 1.5, resident: 110 };
}

function standing(contestant: string, commandsPerRequest: number, samples: Sample[]): Standing {
  return { contestant, commandsPerRequest, samples };
}

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

function expressSample(requestsPerSecond: number): Sample {
  return { ...bareSample(requestsPerSecond), p50: 16, p99: 34, resident: 150 };
}

function changeApp(change: Partial<Sample>): Results {
  const scenarios = results.scenarios.map((scenario) => ({
    ...scenario,
    standings: scenario.standings.map((each) =>
      each.contestant === APP
        ? { ...each, samples: each.samples.map((sample) => ({ ...sample, ...change })) }
        : each,
    ),
  }));
  return { ...results, scenarios };
}

describe('the report', () => {
  it('is as in the golden file', () => {
    expectGolden(GOLDEN, report(results));
  });

  it('says that nothing was pinned', () => {
    const conditions = { ...results.conditions, pinned: false };
    expect(report({ ...results, conditions })).toContain('Nothing was pinned to a core');
  });

  it('says nothing of bottlenecks when every server used its core', () => {
    expect(report(changeApp({ coreShare: 1 }))).not.toContain('part of its core unused');
  });

  it('says when all goals are met', () => {
    expect(report(changeApp({ requestsPerSecond: 40_000 }))).toContain('All 11 goals are met.');
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
      {
        scenario: 'signed-in read',
        goal: 'requests/s at least 0.7 × bare',
        measured: { median: 0.8, minimum: 0.7, maximum: 0.9 },
        isMet: true,
      },
      {
        scenario: 'signed-in read',
        goal: `requests/s at least 6.5 × ${EXPRESS}`,
        measured: { median: 6, minimum: 5.25, maximum: 6.75 },
        isMet: false,
      },
    ]);
  });

  it('forgive one slow round, but not one in which the app takes too much memory', () => {
    const inOneRound = (change: Partial<Sample>) => {
      const all = structuredClone(results);
      const standing = all.scenarios[0]!.standings.find(({ contestant }) => contestant === APP)!;
      Object.assign(standing.samples[0]!, change);
      return judge(all).filter(({ scenario, isMet }) => scenario === 'GET of 3 bytes' && !isMet);
    };
    expect(inOneRound({ requestsPerSecond: 1000, redisCpuPerCommand: 99, p99: 99 })).toEqual([]);
    expect(inOneRound({ resident: 110 })).toMatchObject([
      { goal: 'resident below 110 MB', measured: { maximum: 110 } },
    ]);
  });

  it('are only those of the scenario', () => {
    const goals = judge(results)
      .filter(({ scenario }) => scenario === 'signed-in read')
      .map(({ goal }) => goal);
    expect(goals).toEqual([
      'requests/s at least 0.7 × bare',
      `requests/s at least 6.5 × ${EXPRESS}`,
      'resident below 110 MB',
    ]);
  });

  it.each<[string, Partial<Sample>]>([
    ['Redis CPU per command at most 0.26 × bare', { redisCpuPerCommand: 1.23 }],
    ['p99 at most 1.5 × bare', { p99: 5.2 }],
    ['resident below 110 MB', { resident: 110 }],
  ])('hold the app to: %s', (name, change) => {
    const isMet = (all: Results) => judge(all).find(({ goal }) => goal === name)?.isMet;
    expect(isMet(results)).toBe(true);
    expect(isMet(changeApp(change))).toBe(false);
  });
});
