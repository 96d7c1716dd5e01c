/** The scale-out experiment as a Markdown table, in the order of its plot. */
import { markdownTable, type Column } from '../report/markdown-table.ts';
import { formatCount } from '../report/numbers.ts';
import { EVENT_NAMES, EVENTS, SESSION_NAMES, SESSIONS, shareLost, type Run } from './experiment.ts';

const COLUMNS: Column[] = [
  { title: 'what happens' },
  { title: 'sessions' },
  { title: 'instances', isFigure: true },
  { title: 'requests', isFigure: true },
  { title: 'requests/s', isFigure: true },
  { title: 'logins', isFigure: true },
  { title: 'logins lost', isFigure: true },
  { title: 'share', isFigure: true },
  { title: 'errors', isFigure: true },
];

export function scaleOutTable(runs: Run[]): string {
  return markdownTable(COLUMNS, runs.toSorted(inOrder).map(row));
}

/** By event, by sessions, by instances. */
function inOrder(a: Run, b: Run): number {
  return (
    EVENTS.indexOf(a.event) - EVENTS.indexOf(b.event) ||
    SESSIONS.indexOf(a.sessions) - SESSIONS.indexOf(b.sessions) ||
    a.instances - b.instances
  );
}

function row(run: Run): string[] {
  const { event, sessions, instances, requests, rate, logins, loginsLost, errors } = run;
  return [
    EVENT_NAMES[event],
    SESSION_NAMES[sessions],
    ...[instances, requests, rate, logins, loginsLost].map(formatCount),
    `${(shareLost(run) * 100).toFixed(0)} %`,
    formatCount(errors),
  ];
}
