/** The figures of a load test as a table for the terminal: each step, its instances below it. */
import { formatCount } from '../../report/numbers.ts';
import { figures, tabulate, words } from '../../report/markdown-table.ts';
import type { Measures, Step, Summary } from '../summary.ts';
import { formatLatencies } from './percentiles.ts';

type Row = Measures & { title: string };

export function summaryTable(summary: Summary): string {
  const rows = summary.steps.flatMap(stepRows);
  if (summary.steps.length > 1) rows.push({ title: 'all steps', ...summary });
  return tabulate(rows, [
    words('instances', ({ title }) => title),
    figures('requests', ({ requests }) => formatCount(requests)),
    figures('requests/s', ({ rate }) => formatCount(rate)),
    ...['p50 ms', 'p95 ms', 'p99 ms', 'max ms'].map((title, i) =>
      figures<Row>(title, (row) => formatLatencies(row)[i]!),
    ),
    words('errors', ({ errors }) => listErrors(errors).join(', ')),
    figures('logins lost', ({ loginsLost }) => formatCount(loginsLost)),
    figures('values wrong', ({ valuesWrong }) => formatCount(valuesWrong)),
  ]);
}

function stepRows({ instances, ...step }: Step): Row[] {
  const title = step.count === null ? 'all' : `all ${step.count}`;
  const each = Object.entries(instances).map(([name, one]) => ({ title: `  ${name}`, ...one }));
  return [{ title, ...step }, ...each];
}

/** As `40 × HTTP 503`, each kind by itself. */
export function listErrors(errors: Record<string, number>): string[] {
  return Object.entries(errors).map(([kind, number]) => `${number} × ${kind}`);
}
