/** What load may have seen. */
import type { Observation } from '../../../src/lab/faults/observation.ts';
import type { Outcome } from '../../../src/lab/load-test/sending/connection.ts';

export function outcome(
  sentAt: number,
  fault: string | null = null,
  rest: Partial<Outcome> = {},
): Outcome {
  return {
    sentAt,
    latency: 100,
    request: 'GET /:key',
    status: 200,
    instance: '0/a',
    fault,
    ...rest,
  };
}

/** Nothing was lost, and nothing failed, if not told otherwise. */
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
