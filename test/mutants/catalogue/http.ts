/** Faults in what surrounds every route: connections, budgets, headers, shutdown. */
import type { Mutant } from '../mutant.ts';

export const http: Mutant[] = [];
