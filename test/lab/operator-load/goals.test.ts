/** The goals of the operator's room at their very bounds. */
import { judge } from '../../../src/lab/operator-load/goals.ts';
import type { Figures } from '../../../src/lab/operator-load/measure.ts';

const FIGURES: Figures = {
  firstPage: 300,
  p99s: [
    { alone: 2, beside: 3.9 },
    { alone: 1, beside: 9 },
    { alone: 4, beside: 4 },
  ],
  slow: [],
  memory: 255.9,
};

/** The goals that are missed: their names up to a comma. */
function missed(change: Partial<Figures>): string[] {
  return judge({ keys: 10 }, { ...FIGURES, ...change })
    .filter(({ isMet }) => !isMet)
    .map(({ name }) => name.split(',')[0]!);
}

const pair = (beside: number) => ({ alone: 1, beside });

it.each<[string[], Partial<Figures>]>([
  [[], {}],
  [['first page of 10 keys'], { firstPage: 301 }],
  [['p99 of GET /:key beside the operator'], { p99s: [pair(2)] }],
  [['p99 of GET /:key beside the operator'], { p99s: [pair(1), pair(2.1), pair(2.1)] }],
  [['entries in the slow log'], { slow: ['KEYS (12 ms)'] }],
  [['memory of the instance at its peak'], { memory: 256 }],
])('misses %j when %j', (goals, change) => {
  expect(missed(change)).toEqual(goals);
});

it('says what was measured', () => {
  const goals = judge({ keys: 1000 }, { ...FIGURES, slow: ['KEYS (12 ms)', 'SORT (9 ms)'] });

  expect(goals.map(({ name, most, measured }) => [name, most, measured])).toEqual([
    ['first page of 1,000 keys, the slowest of 20', '300 ms', '300 ms'],
    [
      'p99 of GET /:key beside the operator, median of the rounds',
      'twice that without',
      '1.95 × (2.0 and 4.0 ms; single rounds 1.00 to 9.00)',
    ],
    ['entries in the slow log', 'none', 'KEYS (12 ms), SORT (9 ms)'],
    ['memory of the instance at its peak', '256 MB', '256 MB'],
  ]);
});
