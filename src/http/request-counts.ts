/** Counts the requests that this instance has answered, and measures how long they took. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface RequestCounts {
  /** For each method, the number of answers by status code: `answers.get('GET')?.[200]`. */
  answers: Map<string, number[]>;
  /** Microseconds from the arrival of a request to its answer. */
  durations: RecordableHistogram;
  /** The same without the platform's own checks, since the last reset by its reader (instances/load.ts). */
  recent: RecordableHistogram;
}

export function createRequestCounts(): RequestCounts {
  return { answers: new Map(), durations: createHistogram(), recent: createHistogram() };
}

interface Answer {
  method: string;
  url: string;
  status: number;
  /** Milliseconds. */
  duration: number;
}

export function countAnswer(
  { answers, durations, recent }: RequestCounts,
  { method, url, status, duration }: Answer,
): void {
  let byStatus = answers.get(method);
  if (!byStatus) answers.set(method, (byStatus = []));
  byStatus[status] = (byStatus[status] ?? 0) + 1;
  const microseconds = Math.max(1, Math.round(duration * 1000));
  durations.record(microseconds);
  if (!url.startsWith('/status/')) recent.record(microseconds);
}
