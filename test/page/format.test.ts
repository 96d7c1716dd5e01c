/** Numbers, times and names as the page writes them, in English. */
import * as format from '../../public/assets/scripts/format.js';

const MEGABYTE = 2 ** 20;
const GIGABYTE = 2 ** 30;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('a number of bytes', () => {
  it.each([
    [999 * MEGABYTE, '999.0 MB'],
    [1000 * MEGABYTE, '0.98 GB'],
    [9 * GIGABYTE, '9.00 GB'],
    [10 * GIGABYTE, '10.0 GB'],
    [null, '–'],
  ])('in megabytes and more: %s is %s', (bytes, text) => {
    expect(format.formatBytes(bytes)).toBe(text);
  });

  it.each([
    [1, '1 byte'],
    [1023, '1,023 bytes'],
    [1024, '1.0 KB'],
    [12.5 * 1024, '12.5 KB'],
    [MEGABYTE, '1.0 MB'],
  ])('of any size: %s is %s', (bytes, text) => {
    expect(format.formatSize(bytes)).toBe(text);
  });

  it.each([
    [61 * MEGABYTE, 256 * MEGABYTE, '61 of 256 MB'],
    [61 * MEGABYTE, GIGABYTE, '0.06 of 1 GB'],
    [64e6, 1.5 * GIGABYTE, '0.06 of 1.5 GB'],
    [61.2 * MEGABYTE, null, '61.2 MB'],
  ])('of a limit: %s of %s is %s', (used, limit, text) => {
    expect(format.formatMemory(used, limit)).toBe(text);
  });
});

describe('a share of a core', () => {
  it.each([
    [0.13, 0.2, '0.13 of 0.2'],
    [0.13, null, '13 %'],
    [null, 0.2, '–'],
  ])('%s of %s is %s', (used, limit, text) => {
    expect(format.formatCores(used, limit)).toBe(text);
  });
});

describe('a measure', () => {
  it.each([
    [0, '0.0'],
    [99.9, '99.9'],
    [100, '100'],
    [null, '–'],
  ])('has a tenth as long as it matters: %s is %s', (value, text) => {
    expect(format.formatMeasure(value)).toBe(text);
  });
});

describe('what is not known', () => {
  it.each([
    'formatNumber',
    'formatMeasure',
    'formatPercent',
    'formatMilliseconds',
    'formatBytes',
    'formatCores',
  ] as const)('is a dash: %s', (name) => {
    for (const nothing of [null, undefined]) expect(format[name](nothing)).toBe('–');
  });
});

describe('a time', () => {
  it.each([
    [5.6 * SECOND, '6 s'],
    [59 * SECOND, '59 s'],
    [MINUTE, '1 min 0 s'],
    [4 * MINUTE + 12 * SECOND, '4 min 12 s'],
    [HOUR, '1 h 0 min'],
    [2 * HOUR + 3 * MINUTE, '2 h 3 min'],
    [-SECOND, '0 s'],
  ])('that has passed: %s ms are %s', (milliseconds, text) => {
    expect(format.formatSeconds(milliseconds)).toBe(text);
  });

  it.each([
    [30 * MINUTE - SECOND, '29:59'],
    [1, '00:01'],
    [HOUR - SECOND, '59:59'],
    [HOUR, '1:00:00'],
    [12 * HOUR - SECOND, '11:59:59'],
    [-SECOND, '00:00'],
  ])('that is left: %s ms are %s', (milliseconds, text) => {
    expect(format.formatCountdown(milliseconds)).toBe(text);
  });

  it.each([
    [12 * 60 * 60, '12 h'],
    [90 * 60, '90 min'],
    [90, '90 s'],
  ])('that is set: %s seconds are %s', (seconds, text) => {
    expect(format.formatDuration(seconds)).toBe(text);
  });

  it('has its date when it is not of today', () => {
    expect(format.formatTime(Date.now())).toMatch(/^\d{1,2}:\d\d:\d\d/);
    expect(format.formatTime(new Date(2020, 0, 5, 9, 30))).toMatch(/2020.*9:30/);
  });
});

describe('a name', () => {
  it('of a server has brackets around an address of IPv6', () => {
    expect(format.formatAddress({ host: '10.0.0.1', port: 6379 })).toBe('10.0.0.1:6379');
    expect(format.formatAddress({ host: 'fd00::1', port: 6379 })).toBe('[fd00::1]:6379');
  });

  it('of an instance is as the header X-App-Instance has it', () => {
    const guid = '07c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f';
    expect(format.formatInstance({ index: 2, guid })).toBe('2/07c9bb3d');
  });

  it('takes the room of two letters for each Korean one', () => {
    expect(format.lettersOf('ab가나')).toBe(6);
  });

  it.each(['\u1112', '漢', '\uf900'])('takes as much for %s', (letter) => {
    expect(format.lettersOf(letter)).toBe(2);
  });
});
