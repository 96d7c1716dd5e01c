/** Faults in the page, in the browser. */
import type { Mutant } from '../mutant.ts';

export const page: Mutant[] = [];
