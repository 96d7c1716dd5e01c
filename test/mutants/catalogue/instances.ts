/** Faults in the registry of instances, and its stream of events. */
import type { Mutant } from '../mutant.ts';

export const instances: Mutant[] = [];
