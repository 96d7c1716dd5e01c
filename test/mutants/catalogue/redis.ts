/** Faults in the connection to Redis and its topologies. */
import type { Mutant } from '../mutant.ts';

export const redis: Mutant[] = [];
