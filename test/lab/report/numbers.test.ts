import { count, formatCount, formatLatency } from '../../../src/lab/report/numbers.ts';

describe('numbers in reports', () => {
  it.each([
    [0, '0'],
    [999.6, '1,000'],
    [1234567, '1,234,567'],
  ])('sets thousands apart: %d is %s', (value, text) => expect(formatCount(value)).toBe(text));

  it.each([
    [0.424, '0.42'],
    [1, '1.0'],
    [9.94, '9.9'],
    [9.95, '10'],
    [8.14, '8.1'],
    [1204.4, '1,204'],
  ])('gives latencies no more digits than count: %d is %s', (value, text) =>
    expect(formatLatency(value)).toBe(text),
  );

  it('puts a noun into its plural', () => {
    expect([0, 1, 2].map((amount) => count(amount, 'login'))).toEqual([
      '0 logins',
      '1 login',
      '2 logins',
    ]);
  });
});
