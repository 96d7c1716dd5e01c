/** Faults in the programs that judge what holds when something breaks. */
import type { Mutant } from '../mutant.ts';

export const faults: Mutant[] = [];
