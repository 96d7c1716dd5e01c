/** What the load saw of a fault: its errors, and the time without answers. */
import { listErrors } from '../load-test/reports/table.ts';
import type { Outcome } from '../load-test/sending/connection.ts';
import type { Observed } from '../load-test/under-load.ts';

export interface Observation extends Observed {
  /** When all was as before, as `performance.now()`. */
  mendedAt: number;
}

export interface Outage {
  failed: number;
  /** From the first request that failed to the last one's answer, in seconds. */
  duration: number;
  /** The slowest answer that was an error, in seconds. */
  slowest: number;
  /** From when all was as before to the last error's answer, in seconds; 0 for none after it. */
  recovery: number;
  /** From the first request that failed to the next write that was acknowledged, in seconds. */
  untilWrite: number;
}

/** Returns null when no request failed. */
export function findOutage({ outcomes, mendedAt }: Observation): Outage | null {
  const failures = outcomes.filter(({ failure }) => failure !== null);
  if (failures.length === 0) return null;

  const began = Math.min(...failures.map(({ sentAt }) => sentAt));
  const ended = Math.max(...failures.map(answeredAt));
  const writes = outcomes
    .filter(({ request, failure }) => request.startsWith('PUT') && failure === null)
    .map(answeredAt)
    .filter((at) => at > began);
  return {
    failed: failures.length,
    duration: (ended - began) / 1000,
    slowest: Math.max(...failures.map(({ latency }) => latency)) / 1000,
    recovery: Math.max(0, ended - mendedAt) / 1000,
    untilWrite: (Math.min(...writes) - began) / 1000,
  };
}

export function countFailedReads({ outcomes }: Observation): number {
  return outcomes.filter(({ request, failure }) => request.startsWith('GET') && failure !== null)
    .length;
}

/** Returns text such as `1200 requests, logins lost: 0, values wrong: 0, 40 × HTTP 503`. */
export function describeLoad({ summary }: Observation): string {
  const { requests, loginsLost, valuesWrong, errors } = summary;
  const kinds = listErrors(errors);
  return [
    `${requests} requests`,
    `logins lost: ${loginsLost}`,
    `values wrong: ${valuesWrong}`,
    ...(kinds.length > 0 ? kinds : ['no errors']),
  ].join(', ');
}

/** Returns text such as `errors for 2.1 s, each within 0.60 s, the last 0.20 s after all was mended`. */
export function describeOutage(outage: Outage | null): string {
  if (!outage) return 'no request failed';
  const { duration, slowest, recovery } = outage;
  return (
    `errors for ${duration.toFixed(1)} s, each within ${slowest.toFixed(2)} s, ` +
    `the last ${recovery.toFixed(2)} s after all was mended`
  );
}

function answeredAt({ sentAt, latency }: Outcome): number {
  return sentAt + latency;
}
