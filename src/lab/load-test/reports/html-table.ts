/** The figures of a load test as an HTML table: each step, its instances below it, then all of it. */
import escapeHtml from 'escape-html';
import { formatCount } from '../../report/numbers.ts';
import { type Figures, instanceCount, type Measures, type Step, type Summary } from '../summary.ts';
import { formatLatencies } from './percentiles.ts';

const TITLES = [
  'Answered by',
  'Requests',
  'Requests/s',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'Max ms',
  'Logins lost',
  'Values wrong',
  'Errors',
];

export function htmlTable(summary: Summary): string {
  const { steps } = summary;
  const titles = TITLES.map((title) => `<th scope="col">${title}</th>`);
  const total = steps.length > 1 ? [`<tfoot>\n${row('All steps', summary)}\n</tfoot>`] : [];
  return [
    '<table>',
    `<thead>\n<tr>${titles.join('')}</tr>\n</thead>`,
    ...steps.map(stepRows),
    ...total,
    '</table>',
  ].join('\n');
}

function stepRows(step: Step): string {
  const rows = [row(instanceCount(step) || 'All instances', step), ...instanceRows(step)];
  return `<tbody>\n${rows.join('\n')}\n</tbody>`;
}

function instanceRows({ instances }: Figures): string[] {
  return Object.entries(instances)
    .toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, measures]) => row(name, measures));
}

function row(name: string, measures: Measures): string {
  const { requests, rate, loginsLost, valuesWrong, errors } = measures;
  const figures = [...[requests, rate].map(formatCount), ...formatLatencies(measures)];
  const cells = [
    ...figures.map((figure) => `<td>${figure}</td>`),
    alarm([formatCount(loginsLost)]),
    alarm([formatCount(valuesWrong)]),
    alarm(listErrors(errors)),
  ];
  return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
}

/** `212 HTTP 502` and so on, the most frequent first; `0` of none. */
function listErrors(errors: Record<string, number>): string[] {
  const kinds = Object.entries(errors).toSorted(([, a], [, b]) => b - a);
  return kinds.length > 0 ? kinds.map(([kind, times]) => `${formatCount(times)} ${kind}`) : ['0'];
}

/** Shows figures in red that should be 0. */
function alarm(figures: string[]): string {
  if (figures.join() === '0') return '<td>0</td>';
  return `<td class="bad">${figures.map(escapeHtml).join('<br>')}</td>`;
}
