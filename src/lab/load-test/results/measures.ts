/** Counts requests and keeps their latencies. */
import { build } from 'hdr-histogram-js';
import type { Measures, Percentile } from '../summary.ts';
import { LOGIN_LOST, VALUE_WRONG } from '../visitors/visitor.ts';
import type { Request } from './lines.ts';

export type Tally = ReturnType<typeof createTally>;

const PERCENTS = [
  0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999, 100,
];

/**
 * The interval, in milliseconds, is that at which a connection should send its requests; null for as
 * fast as answers come. A request that took longer kept others from being sent, which would have
 * waited too: they count as if they had been sent (HdrHistogram's correction for coordinated
 * omission).
 */
export function createTally(interval: number | null) {
  const histogram = build({ numberOfSignificantValueDigits: 3 }); // microseconds
  const errors: Record<string, number> = {};
  let requests = 0;
  let logins = 0;
  let loginsLost = 0;
  let valuesWrong = 0;

  return { add, addLogins, measures, percentiles };

  function add({ request, status, latency, fault }: Request) {
    requests++;
    if (status !== null) keepLatency(latency);
    if (fault === LOGIN_LOST) loginsLost++;
    else if (fault === VALUE_WRONG) valuesWrong++;
    else if (fault !== null) errors[fault] = (errors[fault] ?? 0) + 1;
    else if (request === 'POST /session/sign-in') logins++;
  }

  function keepLatency(latency: number) {
    const value = Math.round(1000 * latency);
    if (interval === null) histogram.recordValue(value);
    else histogram.recordValueWithExpectedInterval(value, Math.round(1000 * interval));
  }

  /** Of users who were signed in already. */
  function addLogins(count: number) {
    logins += count;
  }

  /** The duration is in seconds. */
  function measures(duration: number): Measures {
    const rate = duration > 0 ? requests / duration : 0;
    const latency = {
      p50: latencyAt(50),
      p95: latencyAt(95),
      p99: latencyAt(99),
      max: latencyAt(100),
    };
    return { requests, rate, duration, latency, errors, logins, loginsLost, valuesWrong };
  }

  function percentiles(): Percentile[] {
    return PERCENTS.map((percent) => ({ percent, latency: latencyAt(percent) }));
  }

  /** Milliseconds; 0 when nothing was answered. */
  function latencyAt(percent: number): number {
    return histogram.getValueAtPercentile(percent) / 1000;
  }
}
