/** The figures of a load test for the terminal, and for programs: nothing that was lost is left out. */
import { htmlTable } from '../../../src/lab/load-test/reports/html-table.ts';
import { jsonSummary } from '../../../src/lab/load-test/reports/json-summary.ts';
import { summaryTable } from '../../../src/lab/load-test/reports/table.ts';
import { asFound, crash, scaleOut } from './fixtures.ts';

/** The cells of each row, without the titles. */
function rowsOf(table: string): string[][] {
  const [, , ...lines] = table.split('\n').map((line) => line.slice(2, -2).split(' | '));
  return lines.map((cells) => cells.map((cell) => cell.trim()));
}

describe('the table', () => {
  it('has a row for each step and its instances, with what each has lost', () => {
    const [all, first, , , back, none] = rowsOf(summaryTable(crash()));

    expect(all!.slice(0, 7)).toEqual(['all 3', '12,000', '1,200', '5.0', '15', '30', '210']);
    expect(all!.slice(7)).toEqual(['212 × HTTP 502, 31 × timeout, 3 × ECONNRESET', '17', '1']);
    expect(first!.slice(0, 3)).toEqual(['0/07c9bb3d', '4,000', '400']);
    expect(back![0]).toBe('1/e5a0c412');
    expect(none!.slice(0, 7)).toEqual(['none', '243', '24', '50', '150', '–', '2,100']);
  });

  it('adds up the steps where there are several, and only there', () => {
    const titles = (table: string) => rowsOf(table).map(([title]) => title);

    expect(titles(summaryTable(asFound()))).toEqual(['all', '0/07c9bb3d', '1/17c9bb3d']);
    const two = { ...scaleOut(), steps: scaleOut().steps.slice(0, 2) };
    expect(titles(summaryTable(two)).filter((title) => title!.startsWith('all'))).toEqual([
      'all 1',
      'all 2',
      'all steps',
    ]);
    expect(rowsOf(summaryTable(scaleOut())).at(-1)![1]).toBe('40,200');
  });
});

describe('the HTML table', () => {
  it('has the instances by their index, and of each the most frequent errors first', () => {
    const [step] = crash().steps;
    const one = { ...step!.instances.none!, errors: { timeout: 1, 'HTTP 502': 12 } };
    const table = htmlTable({
      ...crash(),
      steps: [{ ...step!, instances: { '10/b': one, '2/a': one } }],
    });

    expect(table).toMatch(/>3 instances<.*>2\/a<.*>10\/b</s);
    expect(table).toContain('<td class="bad">12 HTTP 502<br>1 timeout</td>');
  });
});

describe('the summary for programs', () => {
  it('has the figures of the test, of its steps and of each instance', () => {
    const summary = JSON.parse(jsonSummary(crash()));
    const errors = { 'HTTP 502': 212, timeout: 31, ECONNRESET: 3 };
    const figures = {
      requests: 12_000,
      rate: 1200,
      duration: 10,
      latency: { p50: 5, p95: 15, p99: 30, max: 210 },
      errors,
      logins: 50,
      loginsLost: 17,
      valuesWrong: 1,
      loadTest: { threads: 2, busy: 0.09, processor: 20 },
    };

    expect(summary).toMatchObject({ scenario: 'signed-in reads and writes', ...figures });
    expect(summary.steps).toEqual([{ count: 3, ...figures, instances: summary.instances }]);
    expect(summary.instances['1/17c9bb3d']).toEqual({
      requests: 1500,
      rate: 150,
      p99: 28,
      errors: { ECONNRESET: 3 },
      loginsLost: 0,
      valuesWrong: 0,
    });
  });

  it('has the losses of each instance, and no more digits than count', () => {
    const [step] = crash().steps;
    const lost = { ...step!.instances.none!, loginsLost: 2, valuesWrong: 3, rate: 1 / 3 };
    const { instances } = JSON.parse(jsonSummary({ ...crash(), instances: { none: lost } }));

    expect(instances.none).toMatchObject({ loginsLost: 2, valuesWrong: 3, rate: 0.333 });
  });

  it('has nothing about the load test itself where its results break off', () => {
    expect(JSON.parse(jsonSummary({ ...crash(), loadTest: null })).loadTest).toBeNull();
  });
});
