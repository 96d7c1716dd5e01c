/** Faults in the bench. */
import type { Mutant } from '../mutant.ts';

export const bench: Mutant[] = [];
