/** Judges a soak: what was lost, what has grown, and what Node.js has warned of. */
import { findLosses } from '../judgement.ts';
import type { Soaked } from './run.ts';
import { findGrowth } from './growth.ts';

/** Returns the broken promises in words; none for a soak without a leak. */
export function judgeSoak({
  observation,
  samples,
  warnings,
}: Pick<Soaked, 'observation' | 'samples' | 'warnings'>): string[] {
  const warned = warnings ? ['Node.js warned'] : [];
  return [...findLosses(observation), ...findGrowth(samples), ...warned];
}
