import { formatRange, median, ratios, spread } from '../../../src/lab/bench/statistics.ts';

describe('median', () => {
  it('is the middle value, whatever the order', () => {
    expect(median([30, 1, 2])).toBe(2);
  });

  it('is the mean of the middle two values of an even number', () => {
    expect(median([4, 1, 2, 10])).toBe(3);
  });

  it('is the only value', () => {
    expect(median([7])).toBe(7);
  });

  it('is no number when there are no values', () => {
    expect(median([])).toBeNaN();
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('spread', () => {
  it('is the median between minimum and maximum', () => {
    expect(spread([10, 2, 9])).toEqual({ median: 9, minimum: 2, maximum: 10 });
  });
});

describe('ratios', () => {
  it('divides each value by the base of the same round', () => {
    expect(ratios([50, 30], [100, 40])).toEqual([0.5, 0.75]);
  });

  it('compares rounds before it takes the middle, so that a slow hour counts for both', () => {
    const app = [80, 8, 80];
    const bare = [100, 10, 100];
    expect(spread(ratios(app, bare))).toEqual({ median: 0.8, minimum: 0.8, maximum: 0.8 });
  });

  it('is no number where the base has no such round', () => {
    expect(ratios([1, 2], [1])).toEqual([1, NaN]);
  });
});

it('a range has two decimals below 20, and none from there on', () => {
  expect(formatRange({ median: 19.994, minimum: 0.5, maximum: 20 })).toBe('19.99 (0.50 to 20)');
});
