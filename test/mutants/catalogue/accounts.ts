/** Faults in accounts: passwords, sign-in, limits, life cycle. */
import type { Mutant } from '../mutant.ts';

export const accounts: Mutant[] = [];
