/** The summary of a load test, which measuring makes and reports show. */
import { count } from '../report/numbers.ts';

export interface Summary extends Figures {
  scenario: string;
  /** That of the step in which it was busiest. */
  loadTest: LoadTestUse | null;
  steps: Step[];
}

/** What the load test itself used; null where its results break off. */
export interface LoadTestUse {
  threads: number;
  /** How much of the time its threads were busy, from 0 to 1: those of the busiest load test. */
  busy: number;
  /** Microseconds of processor time for each request. */
  processor: number;
}

/** One number of app instances under load. */
export interface Step extends Figures {
  /** The number of instances; null when the test does not scale the app. */
  count: number | null;
  loadTest: LoadTestUse | null;
  /** The distribution of the latencies, from 0 to 100 percent. */
  percentiles: Percentile[];
  /** The answers of each instance, second by second. */
  timeline: Second[];
}

/** Returns `4 instances`, or an empty text for a step without a number. */
export function instanceCount(step: Pick<Step, 'count'>): string {
  return step.count === null ? '' : count(step.count, 'instance');
}

export interface Figures extends Measures {
  /** By `X-App-Instance`; `none` has requests without an answer, or without that header in it. */
  instances: Record<string, Measures>;
}

export interface Measures {
  /** Requests that were sent, answered or not. */
  requests: number;
  /** Requests per second. */
  rate: number;
  /** Seconds. */
  duration: number;
  latency: Latency;
  /** Requests that failed, by the kind of error: `HTTP 503`, `timeout`, `ECONNRESET` and so on. */
  errors: Record<string, number>;
  /** Users who signed in, or whose login went on from the step before. */
  logins: number;
  /** Requests with the cookie of a sign-in that were answered 401. */
  loginsLost: number;
  /** Answers with another value than was stored, or with another user's. */
  valuesWrong: number;
}

/** Milliseconds, of answered requests; with a constant rate, from when they were due. */
interface Latency {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Percentile {
  /** 0 to 100. */
  percent: number;
  /** Milliseconds. */
  latency: number;
}

export interface Second {
  /** Seconds since the load test began. */
  second: number;
  /** Answers in that second, by instance. */
  answers: Record<string, number>;
  /** Requests that failed, lost a login or got a wrong value in that second. */
  failures: number;
}
