/** What is made of the outcomes of requests. */
import { findLosses } from '../../../src/lab/faults/judgement.ts';
import {
  countFailedReads,
  describeLoad,
  describeOutage,
  findOutage,
} from '../../../src/lab/faults/observation.ts';
import { observe, outcome } from './fixtures.ts';

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
        outcome(900, null, write),
        outcome(1000, 'HTTP 503', { latency: 800 }),
        outcome(2000, 'HTTP 503', write),
        outcome(2200),
        outcome(2500, 'HTTP 503'),
        outcome(3000, null, write),
        outcome(4000, null, write),
      ],
      2400,
    ),
  );

  expect(outage).toEqual({
    failed: 3,
    duration: 1.6,
    slowest: 0.8,
    recovery: 0.2,
    untilWrite: 2.1,
  });
  expect(describeOutage(outage)).toBe(
    'errors for 1.6 s, each within 0.80 s, the last 0.20 s after all was mended',
  );
});

it('takes no slow answer for a slow error', () => {
  const outcomes = [outcome(0, 'HTTP 503', { latency: 300 }), outcome(100, null, { latency: 900 })];

  expect(findOutage(observe(outcomes))).toMatchObject({ slowest: 0.3 });
});

it('measures the same in whatever order the answers come', () => {
  const outcomes = [
    outcome(1000, 'HTTP 503', { latency: 300 }),
    outcome(1200, 'HTTP 503', { latency: 900 }),
    outcome(1500, 'HTTP 503', { latency: 200 }),
    outcome(2500, null, write),
    outcome(4000, null, write),
  ];
  const expected = { failed: 3, duration: 1.1, slowest: 0.9, recovery: 0.6, untilWrite: 1.6 };

  for (const inOrder of [outcomes, outcomes.toReversed()]) {
    expect(findOutage(observe(inOrder, 1500))).toEqual(expected);
  }
});

it('measures to the next good write, even where other requests fail after it', () => {
  const outcomes = [
    outcome(1000, 'HTTP 503', write),
    outcome(1500, null, write),
    outcome(2000, 'HTTP 503', write),
    outcome(3000, null, write),
  ];
  expect(findOutage(observe(outcomes, 2400))!.untilWrite).toBe(0.6);
});

it('says what the load saw, with its errors by kind', () => {
  expect(describeLoad(observe([]))).toBe(
    '900 requests, logins lost: 0, values wrong: 0, no errors',
  );
  const summary = { loginsLost: 1, valuesWrong: 2, errors: { 'HTTP 503': 40, timeout: 1 } };
  expect(describeLoad(observe([], 0, summary))).toBe(
    '900 requests, logins lost: 1, values wrong: 2, 40 × HTTP 503, 1 × timeout',
  );
});

it('counts the reads that failed', () => {
  const outcomes = [outcome(0), outcome(1, 'timeout'), outcome(2, 'timeout', write)];

  expect(countFailedReads(observe(outcomes))).toBe(1);
});

it('needs no recovery where nothing failed after all was mended', () => {
  expect(findOutage(observe([outcome(0, 'HTTP 503')], 5000))!.recovery).toBe(0);
});

it.each([
  [{ loginsLost: 1 }, ['a login was lost']],
  [{ valuesWrong: 1 }, ['a value was wrong']],
  [{ errors: { 'HTTP 503': 9 } }, []],
])('finds lost what was signed in or stored, and no more: %j', (summary, losses) => {
  expect(findLosses(observe([outcome(100)], 0, summary))).toEqual(losses);
});

it('finds lost what nobody could ask for any more', () => {
  expect(findLosses(observe([outcome(99), outcome(100, 'HTTP 503')], 100))).toEqual([
    'nothing worked afterwards',
  ]);
});
