/** What counts as flat. */
import { isFlat, measureGrowth, type Sample } from '../../src/faults/soak/samples.ts';

const flat = { resident: 90, sockets: 12, keys: 50 };

function samples(change: (i: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 40 }, (_, i) => ({ at: 5 * i, ...flat, ...change(i) }));
}

it('is what does not change', () => {
  expect(isFlat(samples(() => ({})))).toBe(true);
});

it('is what grows while it gets warm', () => {
  expect(isFlat(samples((i) => ({ resident: Math.min(90, 50 + 10 * i) })))).toBe(true);
});

it('is what jumps up now and then', () => {
  expect(isFlat(samples((i) => ({ sockets: i % 7 === 0 ? 200 : 12 })))).toBe(true);
});

it.each(['resident', 'sockets', 'keys'] as const)('is not what goes on growing: %s', (measure) => {
  const growing = samples((i) => ({ [measure]: 10 + 2 * i }));

  expect(measureGrowth(growing, measure)).toBe(40);
  expect(isFlat(growing)).toBe(false);
});
