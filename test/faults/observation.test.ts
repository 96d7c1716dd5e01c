/** What is made of the outcomes of requests. */
import {
  describeOutage,
  findOutage,
  isAllKept,
  type Observation,
} from '../../src/faults/observation.ts';
import type { Outcome } from '../../src/load-test/sending/connection.ts';
import type { Summary } from '../../src/load-test/summary.ts';

function outcome(
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

function observe(outcomes: Outcome[], mendedAt = 0, summary: Partial<Summary> = {}): Observation {
  const kept = { loginsLost: 0, valuesWrong: 0 };
  return { outcomes, mendedAt, summary: { ...kept, ...summary } as Summary };
}

const write = { request: 'PUT /:key' };

it('finds no outage where no request failed', () => {
  expect(findOutage(observe([outcome(0), outcome(100)]))).toBeNull();
  expect(describeOutage(null)).toBe('no request failed');
});

it('measures from the first failure to the last', () => {
  const outage = findOutage(
    observe(
      [
        outcome(0),
        outcome(1000, 'HTTP 503', { latency: 800 }),
        outcome(2500, 'HTTP 503'),
        outcome(3000, null, write),
        outcome(4000, null, write),
      ],
      2400,
    ),
  );

  expect(outage).toEqual({
    failed: 2,
    duration: 1.6,
    slowest: 0.8,
    recovery: 0.2,
    untilWrite: 2.1,
  });
});

it('needs no recovery where nothing failed after all was mended', () => {
  expect(findOutage(observe([outcome(0, 'HTTP 503')], 5000))!.recovery).toBe(0);
});

it.each([
  [{ loginsLost: 1 }, false],
  [{ valuesWrong: 1 }, false],
  [{ errors: { 'HTTP 503': 9 } }, true],
])('judges by logins and values alone: %j', (summary, isKept) => {
  expect(isAllKept(observe([], 0, summary))).toBe(isKept);
});
