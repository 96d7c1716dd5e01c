/** What load saw of a fault. */
import { listErrors } from '../load-test/reports/table.ts';
import type { Outcome } from '../load-test/sending/connection.ts';
import type { Observed } from '../load-test/under-load.ts';
import { listBroken } from './fault.ts';

export interface Observation extends Observed {
  /** As `performance.now()`: when all was as before. */
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

/** Null when no request failed. */
export function findOutage({ outcomes, mendedAt }: Observation): Outage | null {
  const failures = outcomes.filter(({ fault }) => fault !== null);
  if (failures.length === 0) return null;

  const began = Math.min(...failures.map(({ sentAt }) => sentAt));
  const ended = Math.max(...failures.map(answeredAt));
  const writes = outcomes
    .filter(({ request, fault }) => request.startsWith('PUT') && fault === null)
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

/**
 * What was acknowledged is still there, and whoever was signed in still is. Where no request was
 * answered after all was mended, nobody knows.
 */
export function findLosses(observation: Observation): string[] {
  const { valuesWrong } = observation.summary;
  return [
    ...findLostLogins(observation),
    ...listBroken([['a value was wrong', valuesWrong === 0]]),
  ];
}

export function findLostLogins({ summary, outcomes, mendedAt }: Observation): string[] {
  const isUp = outcomes.some(({ sentAt, fault }) => sentAt >= mendedAt && fault === null);
  return listBroken([
    ['a login was lost', summary.loginsLost === 0],
    ['nothing worked afterwards', isUp],
  ]);
}

export function hasNoFailures({ summary }: Observation): boolean {
  return Object.keys(summary.errors).length === 0;
}

/** As `1,200 requests, 0 logins lost, 0 values wrong, 40 × HTTP 503`. */
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

/** As `away for 2.1 s, errors within 0.6 s, recovered 0.2 s after its return`. */
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
