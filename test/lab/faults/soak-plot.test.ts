import { join } from 'node:path';
import { plotSoak } from '../../../src/lab/faults/soak/plot.ts';
import { expectGolden } from '../../support/golden.ts';

const GOLDEN = join(import.meta.dirname, 'soak.golden.svg');

const samples = Array.from({ length: 24 }, (_, i) => ({
  at: 5 * i,
  resident: 80 + (i % 5),
  sockets: 12 + (i % 3),
  keys: 70 + (i % 7),
}));

const happenings = [
  { at: 30, name: 'Redis killed' },
  { at: 90, name: 'an instance killed' },
];

describe('the plot of a soak', () => {
  it('is as in the golden file', () => {
    expectGolden(GOLDEN, plotSoak(samples, happenings));
  });

  it('has a line for each fault', () => {
    const lines = (count: number) =>
      plotSoak(samples, happenings.slice(0, count)).match(/stroke="#d9897f"/g)?.length ?? 0;

    expect(lines(0)).toBe(0);
    expect(lines(2) - lines(1)).toBe(3); // in each of three panels
  });

  it('is blank before the first sample', () => {
    expect(plotSoak([], [])).toContain('What grows while faults come and go');
  });
});
