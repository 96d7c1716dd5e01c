/** An experiment as it goes: memory loses, sticky memory loses what dies, Redis loses nothing. */
import { EVENTS, SESSIONS, type Run } from '../../../src/lab/scale-out/results.ts';

const SHARES: Record<string, number[]> = {
  'memory calm': [0, 0.5, 0.75],
  'memory kill': [1, 0.71, 0.82],
  'memory scale out and in': [0.48, 0.66, 0.86],
  'memory, sticky kill': [1, 0.5, 0.26],
  'memory, sticky scale out and in': [0, 0.02, 0.25],
};

export const RUNS: Run[] = EVENTS.flatMap((event) =>
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
    rate: 620 + 15.5 * instances,
    logins,
    loginsLost: Math.round(share * logins),
    errors: event === 'kill' ? 14 - 3 * instances : 0,
  };
}
