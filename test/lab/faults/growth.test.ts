/** What counts as flat. */
import { judgeSoak } from '../../../src/lab/faults/soak/judgement.ts';
import {
  findGrowth,
  type Measure,
  measureGrowth,
  type Sample,
} from '../../../src/lab/faults/soak/growth.ts';
import { observe, outcome } from './fixtures.ts';

const flat = { resident: 90, sockets: 12, keys: 50 };

function samples(change: (i: number) => Partial<Sample>, length = 40): Sample[] {
  return Array.from({ length }, (_, i) => ({ at: 5 * i, ...flat, ...change(i) }));
}

it('is what does not change', () => {
  expect(findGrowth(samples(() => ({})))).toEqual([]);
});

it('is what grows while it gets warm', () => {
  expect(findGrowth(samples((i) => ({ resident: Math.min(90, 50 + 10 * i) })))).toEqual([]);
});

it('is what jumps up now and then', () => {
  expect(findGrowth(samples((i) => ({ sockets: i % 7 === 0 ? 200 : 12 })))).toEqual([]);
});

it.each(['resident', 'sockets', 'keys'] as const)('is not what goes on growing: %s', (measure) => {
  const growing = samples((i) => ({ [measure]: 10 + 2 * i }));

  expect(measureGrowth(growing, measure)).toBe(40);
  expect(findGrowth(growing)).toEqual([`${measure} grew`]);
});

it.each<[Measure, number]>([
  ['resident', 20],
  ['sockets', 5],
  ['keys', 5],
])('is what grows by no more than it may: %s by %i', (measure, most) => {
  const growBy = (growth: number) => samples((i) => ({ [measure]: 10 + (i < 30 ? 0 : growth) }));

  expect(findGrowth(growBy(most))).toEqual([]);
  expect(findGrowth(growBy(most + 1))).toEqual([`${measure} grew`]);
});

it.each(['sockets', 'keys'] as const)(
  'is not what leaves one behind with each fault of half an hour: %s',
  (measure) => {
    const leaking = samples((i) => ({ [measure]: 10 + Math.floor(i / 12) }), 360);

    expect(findGrowth(leaking)).toEqual([`${measure} grew`]);
  },
);

it('is nothing that could not be measured', () => {
  expect(findGrowth(samples(() => ({ keys: NaN })))).toEqual(['keys grew']);
});

it('is nothing of which there are too few samples', () => {
  expect(findGrowth(samples(() => ({})).slice(0, 11))).toEqual(['there are too few samples']);
  expect(findGrowth(samples(() => ({})).slice(0, 12))).toEqual([]);
});

describe('a soak', () => {
  const observation = observe([outcome(0)]);
  const soaked = { observation, samples: samples(() => ({})), warnings: '' };

  it('holds when nothing was lost, nothing has grown, and nothing was warned of', () => {
    expect(judgeSoak(soaked)).toEqual([]);
  });

  it.each([
    ['a login was lost', { observation: observe([outcome(0)], 0, { loginsLost: 1 }) }],
    ['keys grew', { samples: samples((i) => ({ keys: i })) }],
    ['Node.js warned', { warnings: 'Possible EventEmitter memory leak detected' }],
  ])('does not when %s', (broken, change) => {
    expect(judgeSoak({ ...soaked, ...change })).toEqual([broken]);
  });
});
