/** The summary as a table, per step and per instance, and the verdict in words. */
import { type Column, markdownTable } from '../report/markdown-table.ts';
import type { Measures, Step, Summary } from './summary.ts';

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

/** Whether nothing was lost, in one sentence. */
export function verdict({ requests, logins, loginsLost, valuesWrong }: Measures): string {
  const lost = logins > 0 ? `${count(loginsLost, 'login')} lost of ${logins}, ` : '';
  return `${lost}${count(valuesWrong, 'value')} wrong, in ${count(requests, 'request')}.`;
}

/** Whether a pipeline should go on. */
export function isFaultless({ loginsLost, valuesWrong }: Measures): boolean {
  return loginsLost === 0 && valuesWrong === 0;
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
    `${requests}`,
    rate.toFixed(1),
    ...[p50, p95, p99, max].map((milliseconds) => milliseconds.toFixed(1)),
    listErrors(errors),
    `${loginsLost}`,
    `${valuesWrong}`,
  ];
}

function listErrors(errors: Record<string, number>): string {
  return Object.entries(errors)
    .map(([kind, number]) => `${number} × ${kind}`)
    .join(', ');
}

function count(number: number, what: string): string {
  return `${number === 0 ? 'no' : number} ${what}${number === 1 || number === 0 ? '' : 's'}`;
}
