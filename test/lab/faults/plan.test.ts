/** How a plan scales times and numbers. */
import { FULL_SCALE, scaled } from '../../../src/lab/faults/plan.ts';

it.each([
  ['all of it, with 20 seconds', 20, 100],
  ['no more than all of it, with more', 60, 100],
  ['half of it, with half of them', 10, 50],
  ['a rounded part of it', 3, 15],
  ['no less than the least', 2, 12],
])('is %s', (_, seconds, expected) => {
  expect(scaled(100, { seconds }, 12)).toBe(expected);
});

it('is all of it at full scale', () => {
  expect(scaled(100, FULL_SCALE, 12)).toBe(100);
});
