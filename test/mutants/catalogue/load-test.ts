/** Faults in the load test, which judges an app. */
import type { Mutant } from '../mutant.ts';

export const loadTest: Mutant[] = [];
