/** What the load test itself used: whether it, and not the app, was the bottleneck. */
import { count, formatCount } from '../../report/numbers.ts';
import type { Summary } from '../summary.ts';

/** From here on, a thread hardly ever waits for answers. */
const BOTTLENECK = 0.9;
/** Below, what else a thread does weighs too much to conclude how far it could go. */
const NEGLIGIBLE = 0.1;

/** Of the step in which it was busiest. Returns null where it used next to nothing. */
export function describeUse({ steps }: Summary): string | null {
  const [busiest] = steps
    .map(({ rate, loadTest }) => ({ rate, busy: 0, threads: 0, ...loadTest }))
    .toSorted((one, other) => other.busy - one.busy);
  if (!busiest || busiest.busy < NEGLIGIBLE) return null;
  const { rate, busy, threads } = busiest;
  const all = threads === 1 ? 'thread' : count(threads, 'thread');
  const used = `The load test used ${Math.round(100 * busy)} % of its ${all}`;
  if (busy >= BOTTLENECK) return `${used}: the app may carry more.`;
  const most = Number((rate / busy).toPrecision(2)); // an estimate
  return `${used}: it could have gone to about ${formatCount(most)} requests/s.`;
}
