/** Faults in the foundry: its router, its instances, its limits. */
import type { Mutant } from '../mutant.ts';

export const foundry: Mutant[] = [];
