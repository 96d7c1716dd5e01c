/** The results of the scale-out experiments as Markdown tables. */
import { figures, tabulate, words } from '../report/markdown-table.ts';
import { formatCount, formatLatency } from '../report/numbers.ts';
import {
  EVENT_NAMES,
  EVENTS,
  type Run,
  SCENARIO_NAMES,
  SESSION_NAMES,
  SESSIONS,
  shareLost,
  speedUp,
  type Throughput,
} from './results.ts';

/** In the order of the results. */
export function throughputTable(throughput: Throughput[]): string {
  const efficiency = (result: Throughput) => {
    const times = speedUp(result, throughput);
    return times === null ? '' : `${Math.round((100 * times) / result.instances)} %`;
  };
  return tabulate(throughput, [
    words('load', ({ scenario }) => SCENARIO_NAMES[scenario]),
    figures('instances', ({ instances }) => formatCount(instances)),
    figures('requests/s', ({ rate }) => formatCount(rate)),
    figures('× one', (result) => speedUp(result, throughput)?.toFixed(1) ?? ''),
    figures('efficiency', efficiency),
    figures('p99 ms', ({ p99 }) => formatLatency(p99)),
    figures('logins lost', ({ loginsLost }) => formatCount(loginsLost)),
    figures('errors', ({ errors }) => formatCount(errors)),
    words('limited by', ({ limit }) => limit),
  ]);
}

/** By event, then by sessions, then by instances. */
export function loginsTable(runs: Run[]): string {
  return tabulate(runs.toSorted(inOrder), [
    words('what happens', ({ event }) => EVENT_NAMES[event]),
    words('sessions', ({ sessions }) => SESSION_NAMES[sessions]),
    figures('instances', ({ instances }) => formatCount(instances)),
    figures('requests', ({ requests }) => formatCount(requests)),
    figures('logins', ({ logins }) => formatCount(logins)),
    figures('logins lost', ({ loginsLost }) => formatCount(loginsLost)),
    figures('share', (run) => `${(shareLost(run) * 100).toFixed(0)} %`),
    figures('errors', ({ errors }) => formatCount(errors)),
  ]);
}

function inOrder(a: Run, b: Run): number {
  return (
    EVENTS.indexOf(a.event) - EVENTS.indexOf(b.event) ||
    SESSIONS.indexOf(a.sessions) - SESSIONS.indexOf(b.sessions) ||
    a.instances - b.instances
  );
}
