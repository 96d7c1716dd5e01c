/** The experiments as they go: more carry more; memory loses, sticky memory what dies, Redis nothing. */
import {
  EVENTS,
  SCENARIOS,
  SESSIONS,
  type Results,
  type Run,
  type Throughput,
} from '../../../src/lab/scale-out/results.ts';

const SHARES: Record<string, number[]> = {
  'memory calm': [0, 0.5, 0.75],
  'memory kill': [1, 0.71, 0.82],
  'memory scale out and in': [0.48, 0.66, 0.86],
  'memory, sticky kill': [1, 0.5, 0.26],
  'memory, sticky scale out and in': [0, 0.02, 0.25],
};

const RUNS: Run[] = EVENTS.flatMap((event) =>
  SESSIONS.flatMap((sessions) =>
    [1, 2, 4].map((instances, i) => run(event, sessions, instances, i)),
  ),
);

function run(event: Run['event'], sessions: Run['sessions'], instances: number, i: number): Run {
  const logins = sessions === 'memory' ? 1612 : 420;
  const share = SHARES[`${sessions} ${event}`]?.[i] ?? 0;
  return {
    sessions,
    instances,
    event,
    requests: 12_400 + 310 * instances,
    logins,
    loginsLost: Math.round(share * logins),
    errors: event === 'kill' ? 14 - 3 * instances : 0,
  };
}

const ONE = { keys: 1000, 'signed-in': 1400, mixed: 900 };
const TIMES = new Map([
  [1, 1],
  [2, 1.9],
  [4, 3.6],
  [8, 5.1],
]);

const THROUGHPUT: Throughput[] = SCENARIOS.flatMap((scenario) =>
  Array.from(TIMES, ([instances, times]) => ({
    scenario,
    instances,
    requests: 6 * times * ONE[scenario],
    rate: times * ONE[scenario],
    p99: 30 + instances,
    errors: 0,
    loginsLost: 0,
    limit: instances === 8 ? 'the cores of this machine' : 'the instances',
  })),
);

export const RESULTS: Results = { throughput: THROUGHPUT, runs: RUNS };
