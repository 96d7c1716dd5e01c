/** Measures whether memory, sockets and keys stay flat during a soak. */
import { median } from '../../bench/statistics.ts';

export interface Sample {
  /** Seconds since the load began. */
  at: number;
  /** Memory of the largest instance, in MB. */
  resident: number;
  /** Sockets of the instance with the most. */
  sockets: number;
  /** Keys in Redis. */
  keys: number;
}

export type Measure = Exclude<keyof Sample, 'at'>;

/**
 * Growth up to these numbers is no leak. Memory varies with garbage collection; sockets and keys
 * are counted, and one that each fault leaves behind shows.
 */
export const TOLERANCE: Record<Measure, number> = { resident: 20, sockets: 5, keys: 5 };

/** Fewer samples prove nothing. */
const FEWEST = 12;

/** Returns how much the median grows from the second quarter, when all is warm, to the last. */
export function measureGrowth(samples: Sample[], measure: Measure): number {
  const quarter = Math.floor(samples.length / 4);
  const before = samples.slice(quarter, 2 * quarter);
  const after = samples.slice(-quarter);
  return median(after.map(pick)) - median(before.map(pick));

  function pick(sample: Sample): number {
    return sample[measure];
  }
}

/** Returns what has grown, in words. */
export function findGrowth(samples: Sample[]): string[] {
  if (samples.length < FEWEST) return ['there are too few samples'];
  return (Object.keys(TOLERANCE) as Measure[])
    .filter((measure) => !(measureGrowth(samples, measure) <= TOLERANCE[measure]))
    .map((measure) => `${measure} grew`);
}
