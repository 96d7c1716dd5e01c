/** Faults in how a binding is read. */
import type { Mutant } from '../mutant.ts';

export const cloudfoundry: Mutant[] = [];
