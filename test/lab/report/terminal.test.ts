/** Reports in a terminal: lines and tables that fit into it. */
import { forTerminal, layOut, printReport } from '../../../src/lab/report/terminal.ts';

const LONG = 'in memory, behind a router that is sticky';

describe('a report in a terminal', () => {
  it('has tables without pipes, and names columns of zeros below them', () => {
    const markdown = `Before.

| what    | errors | logins lost | p99 ms | share |
| ------- | ------ | ----------: | -----: | ----: |
| all     |        |           0 |     31 |   0 % |
|   first |        |           0 |    100 |   0 % |

After.`;
    expect(forTerminal(markdown)).toBe(`Before.

what     p99 ms
-------  ------
all          31
  first     100

Everywhere 0: errors, logins lost, share.

After.`);
  });

  it('shows a column in which one row is not 0, and the figures of all rows in it', () => {
    const markdown = `| load | errors | logins lost |
| ---- | -----: | ----------: |
| keys |      3 |           0 |
| keys |      3 |          17 |`;
    expect(forTerminal(markdown)).toBe(`load  errors  logins lost
----  ------  -----------
keys       3            0
           3           17`);
  });

  it('fits: titles break before cells do, and the widest column before others', () => {
    const markdown = `
| sessions | logins lost | held |
| -------- | ----------: | ---- |
| ${LONG} | 12 | **no** |
| ${LONG} | 7 | yes |
`;
    expect(forTerminal(markdown, 40)).toBe(`
sessions                    logins  held
                              lost
--------------------------  ------  ----
in memory, behind a router      12  no
that is sticky

                                 7  yes
`);
  });

  it('takes 0.0 for a zero as well, and has no quotes around code', () => {
    const markdown = `| what | share | errors |
| ---- | ----: | -----: |
| \`GET\` | 0.0 % | 0.05 |`;
    expect(forTerminal(markdown)).toBe(`what  errors
----  ------
GET     0.05

Everywhere 0: share.`);
  });

  it('sets a row apart that goes on below', () => {
    const rows = [['one'], ['two'], ['three four'], ['five']];
    expect(layOut([{ title: 'n' }], rows, 5).split('\n')).toEqual([
      'n',
      '-----',
      'one',
      'two',
      '',
      'three',
      'four',
      '',
      'five',
    ]);
  });

  it('fills a line to its end, and leaves a longer word whole', () => {
    expect(forTerminal('one two three', 7)).toBe('one two\nthree');
    expect(forTerminal('internationalization of it', 7)).toBe('internationalization\nof it');
  });

  it('breaks lines of text at blanks', () => {
    expect(forTerminal('Node 24, Redis 7.0.15, two/cores', 24)).toBe(
      'Node 24, Redis 7.0.15,\ntwo/cores',
    );
  });

  it('never has lines that are too long, as long as no word is', () => {
    const columns = Array.from({ length: 8 }, (_, i) => ({ title: `Redis CPU µs/command ${i}` }));
    const lines = layOut(columns, [columns.map(() => '0.88 (0.80 to 0.90)')], 80).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });
});

describe('a report', () => {
  const { isTTY, columns } = process.stdout;
  afterEach(() => {
    Object.assign(process.stdout, { isTTY, columns });
    jest.restoreAllMocks();
  });

  it.each([
    ['as it is to a file', false, 40],
    ['for a narrow terminal', true, 40],
    ['no wider than 80 columns for a wide one', true, 200],
  ])('is printed %s', (_, isTerminal, width) => {
    const print = jest.spyOn(console, 'log').mockImplementation(() => {});
    Object.assign(process.stdout, { isTTY: isTerminal, columns: width });
    const text = 'word '.repeat(100).trim();
    printReport(text);

    const expected = isTerminal ? forTerminal(text, Math.min(width, 80)) : text;
    expect(print.mock.calls).toEqual([[expected]]);
  });
});
