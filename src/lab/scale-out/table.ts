/** The scale-out experiment as a Markdown table, in the order of its plot. */
import { figures, tabulate, words } from '../report/markdown-table.ts';
import { formatCount } from '../report/numbers.ts';
import { EVENT_NAMES, EVENTS, SESSION_NAMES, SESSIONS, shareLost, type Run } from './results.ts';

export function scaleOutTable(runs: Run[]): string {
  return tabulate(runs.toSorted(inOrder), [
    words('what happens', ({ event }) => EVENT_NAMES[event]),
    words('sessions', ({ sessions }) => SESSION_NAMES[sessions]),
    figures('instances', ({ instances }) => formatCount(instances)),
    figures('requests', ({ requests }) => formatCount(requests)),
    figures('requests/s', ({ rate }) => formatCount(rate)),
    figures('logins', ({ logins }) => formatCount(logins)),
    figures('logins lost', ({ loginsLost }) => formatCount(loginsLost)),
    figures('share', (run) => `${(shareLost(run) * 100).toFixed(0)} %`),
    figures('errors', ({ errors }) => formatCount(errors)),
  ]);
}

/** By event, then by sessions, then by instances. */
function inOrder(a: Run, b: Run): number {
  return (
    EVENTS.indexOf(a.event) - EVENTS.indexOf(b.event) ||
    SESSIONS.indexOf(a.sessions) - SESSIONS.indexOf(b.sessions) ||
    a.instances - b.instances
  );
}
