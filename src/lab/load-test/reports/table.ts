/** The figures of a load test as a table for the terminal: each step, its instances below it. */
import { formatCount, formatLatency } from '../../report/numbers.ts';
import { type Column, markdownTable } from '../../report/markdown-table.ts';
import type { Measures, Step, Summary } from '../summary.ts';

const COLUMNS: Column[] = [
  { title: 'instances' },
  { title: 'requests', isFigure: true },
  { title: 'requests/s', isFigure: true },
  { title: 'p50 ms', isFigure: true },
  { title: 'p95 ms', isFigure: true },
  { title: 'p99 ms', isFigure: true },
  { title: 'max ms', isFigure: true },
  { title: 'errors' },
  { title: 'logins lost', isFigure: true },
  { title: 'values wrong', isFigure: true },
];

export function summaryTable(summary: Summary): string {
  const rows = summary.steps.flatMap(stepRows);
  if (summary.steps.length > 1) rows.push(toRow('all steps', summary));
  return markdownTable(COLUMNS, rows);
}

function stepRows(step: Step): string[][] {
  const title = step.count === null ? 'all' : `all ${step.count}`;
  const instances = Object.entries(step.instances);
  return [toRow(title, step), ...instances.map(([name, figures]) => toRow(`  ${name}`, figures))];
}

function toRow(title: string, measures: Measures): string[] {
  const { requests, rate, latency, errors, loginsLost, valuesWrong } = measures;
  const { p50, p95, p99, max } = latency;
  return [
    title,
    formatCount(requests),
    formatCount(rate),
    ...[p50, p95, p99, max].map(formatLatency),
    listErrors(errors).join(', '),
    formatCount(loginsLost),
    formatCount(valuesWrong),
  ];
}

/** As `40 × HTTP 503`, each kind by itself. */
export function listErrors(errors: Record<string, number>): string[] {
  return Object.entries(errors).map(([kind, number]) => `${number} × ${kind}`);
}
