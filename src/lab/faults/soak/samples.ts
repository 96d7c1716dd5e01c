/** What must stay flat while the app is at work for long, and whether it has. */
import { median } from '../../bench/statistics.ts';

export interface Sample {
  /** Seconds since the load began. */
  at: number;
  /** Of the largest instance, in MB. */
  resident: number;
  /** Of the instance with the most. */
  sockets: number;
  /** In Redis. */
  keys: number;
}

export type Measure = Exclude<keyof Sample, 'at'>;

/**
 * How much more than before is no leak. Memory comes and goes with the garbage; sockets and keys
 * are counted, and one that is left behind by each fault shows.
 */
export const TOLERANCE: Record<Measure, number> = { resident: 20, sockets: 5, keys: 5 };

/** Fewer say nothing. */
const FEWEST = 12;

/** From the second quarter, when all is warm, to the last: the growth of the medians. */
export function measureGrowth(samples: Sample[], measure: Measure): number {
  const quarter = Math.floor(samples.length / 4);
  const before = samples.slice(quarter, 2 * quarter);
  const after = samples.slice(-quarter);
  return median(after.map(pick)) - median(before.map(pick));

  function pick(sample: Sample): number {
    return sample[measure];
  }
}

/** What was broken of the promise that all stays flat, in words. */
export function findGrowth(samples: Sample[]): string[] {
  if (samples.length < FEWEST) return ['there are too few samples'];
  return (Object.keys(TOLERANCE) as Measure[])
    .filter((measure) => !(measureGrowth(samples, measure) <= TOLERANCE[measure]))
    .map((measure) => `${measure} grew`);
}
