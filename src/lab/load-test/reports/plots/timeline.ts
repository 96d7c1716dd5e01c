/** The seconds of all steps as one row of columns, without gaps. */
import type { Second, Step } from '../../summary.ts';

export interface Timeline {
  /** The seconds, from the first to the last. */
  seconds: number[];
  failures: number[];
  instances: InstanceTimeline[];
}

export interface InstanceTimeline {
  /** As in `X-App-Instance`, or `none`. */
  name: string;
  /** Null for `none`. */
  index: number | null;
  /** The number of instances that had this index before: after a crash, it comes back with a new GUID. */
  life: number;
  answers: number[];
}

/** Begins time at 0 with the first step: before that, the load test has signed its users in. */
export function fromZero(steps: Step[]): Step[] {
  const seconds = steps.flatMap(({ timeline }) => timeline.map(({ second }) => second));
  const first = Math.min(...seconds);
  return steps.map((step) => ({
    ...step,
    timeline: step.timeline.map((record) => ({ ...record, second: record.second - first })),
  }));
}

export function createTimeline(steps: Step[]): Timeline {
  const records = steps.flatMap(({ timeline }) => timeline);
  const seconds = allSeconds(records);
  return {
    seconds,
    failures: seconds.map((second) => sumAt(second, ({ failures }) => failures)),
    instances: order(records).map((instance) => ({
      ...instance,
      answers: seconds.map((second) => sumAt(second, ({ answers }) => answers[instance.name] ?? 0)),
    })),
  };

  /** A second in which one step ended and the next began is in both. */
  function sumAt(second: number, figure: (record: Second) => number): number {
    return records
      .filter((record) => record.second === second)
      .reduce((sum, record) => sum + figure(record), 0);
  }
}

function allSeconds(records: Second[]): number[] {
  const seconds = records.map(({ second }) => second);
  if (seconds.length === 0) return [];
  const first = Math.min(...seconds);
  return Array.from({ length: Math.max(...seconds) - first + 1 }, (_, i) => first + i);
}

/** By index, then in order of their first answer; `none` last. */
function order(records: Second[]): Omit<InstanceTimeline, 'answers'>[] {
  const names = [...new Set(records.flatMap(({ answers }) => Object.keys(answers)))];
  const lives = new Map<number | null, number>();
  return names
    .map((name) => ({ name, index: readIndex(name) }))
    .map((instance) => ({ ...instance, life: nextLife(instance.index) }))
    .toSorted((a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || a.life - b.life);

  function nextLife(index: number | null): number {
    const life = lives.get(index) ?? 0;
    lives.set(index, life + 1);
    return life;
  }
}

function readIndex(name: string): number | null {
  const index = /^(\d+)\//.exec(name)?.[1];
  return index === undefined ? null : Number(index);
}
