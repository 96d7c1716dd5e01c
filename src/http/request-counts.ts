/** The requests that this instance has answered: how many, how, how fast. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface Traffic {
  /** For each method, the number of answers by status code: `answers.get('GET')?.[200]`. */
  answers: Map<string, number[]>;
  /** Microseconds from the arrival of a request to its answer. */
  durations: RecordableHistogram;
  /** The same, since somebody last took a reading and reset it. */
  recent: RecordableHistogram;
}

export function createTraffic(): Traffic {
  return { answers: new Map(), durations: createHistogram(), recent: createHistogram() };
}

/** The duration is in milliseconds. Called for every request, so it does no more than it must. */
export function countAnswer(
  { answers, durations, recent }: Traffic,
  method: string,
  status: number,
  duration: number,
): void {
  let byStatus = answers.get(method);
  if (!byStatus) answers.set(method, (byStatus = []));
  byStatus[status] = (byStatus[status] ?? 0) + 1;
  const microseconds = Math.max(1, Math.round(duration * 1000));
  durations.record(microseconds);
  recent.record(microseconds);
}
