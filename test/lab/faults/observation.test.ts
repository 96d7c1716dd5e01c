/** What is made of the outcomes of requests. */
import { findLosses } from '../../../src/lab/faults/judgement.ts';
import { describeOutage, findOutage } from '../../../src/lab/faults/observation.ts';
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
