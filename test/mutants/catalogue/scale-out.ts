/** Faults in the comparison of session stores and routers while scaling out. */
import type { Mutant } from '../mutant.ts';

export const scaleOut: Mutant[] = [];
