/** Percentiles of latency, as far as the number of requests carries them. */
import { formatLatency } from '../../report/numbers.ts';
import type { Measures } from '../summary.ts';

/** With fewer slower requests than these, a percentile is a matter of chance. */
const SLOWER = 10;

const PERCENTS = [50, 95, 99] as const;

const UNKNOWN = '–';

/** Returns whether so many requests are enough: 1,000 for p99, 200 for p95, 20 for p50. */
export function carriesPercentile(requests: number, percent: number): boolean {
  return requests * (100 - percent) >= 100 * SLOWER;
}

/** Returns p50, p95, p99 and the longest latency in milliseconds, with a dash for what is unknown. */
export function formatLatencies({ requests, latency }: Measures): string[] {
  if (latency.max === 0) return [...PERCENTS.map(() => UNKNOWN), UNKNOWN];
  const percentiles = PERCENTS.map((percent) =>
    carriesPercentile(requests, percent) ? formatLatency(latency[`p${percent}`]) : UNKNOWN,
  );
  return [...percentiles, formatLatency(latency.max)];
}

/** Returns the highest percentile that each of them carries; p50 if none does. */
export function highestPercentile(measures: Measures[]): 'p50' | 'p95' | 'p99' {
  const carried = PERCENTS.filter((percent) =>
    measures.every(({ requests }) => carriesPercentile(requests, percent)),
  );
  return `p${carried.at(-1) ?? PERCENTS[0]}`;
}
