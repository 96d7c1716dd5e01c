/** Evidence of faults, as load and measurements may have found it. */
import type { Evidence } from '../../../src/lab/faults/fault.ts';
import { findOutage, type Observation } from '../../../src/lab/faults/observation.ts';
import type { Outcome } from '../../../src/lab/load-test/sending/connection.ts';

export const HOLDINGS = { resident: 80, sockets: 6, keys: 30, evicted: 0 };

export function outcome(
  sentAt: number,
  failure: string | null = null,
  rest: Partial<Outcome> = {},
): Outcome {
  return {
    dueAt: sentAt,
    sentAt,
    latency: 100,
    request: 'GET /:key',
    status: 200,
    instance: '0/a',
    failure,
    ...rest,
  };
}

/** Nothing was lost and nothing failed, unless `change` says so. */
export function observe(
  outcomes: Outcome[],
  mendedAt = 0,
  change: Partial<Observation['summary']> = {},
): Observation {
  const summary = {
    requests: 900,
    loginsLost: 0,
    valuesWrong: 0,
    errors: {},
    latency: { p50: 2, p95: 5, p99: 10, max: 20 },
    ...change,
  } as Observation['summary'];
  return { outcomes, mendedAt, summary };
}

export function gather<Found>(
  observation: Observation,
  found: Found,
  change: Partial<Evidence<Found>> = {},
): Evidence<Found> {
  return {
    observation,
    outage: findOutage(observation),
    calm: observe([outcome(0)]),
    before: HOLDINGS,
    after: HOLDINGS,
    ends: [],
    kept: 3,
    found,
    ...change,
  };
}
