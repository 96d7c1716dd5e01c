/** Faults in the routes of keys, configuration, TLS and status. */
import type { Mutant } from '../mutant.ts';

export const routes: Mutant[] = [];
