/** How long a run will take, to be said before it starts. */
import type { Plan } from './results.ts';
import { contestantsOf, type Scenario } from './scenarios.ts';

/** Measured: the starts of a contestant, and the sign-ins that tell the size of its sessions. */
const PER_CONTESTANT = 6; // seconds
/** Counting Redis commands, and what lies between the loads. */
const PER_STANDING = 3; // seconds

/** Whole minutes, rounded up. */
export function estimateMinutes(scenarios: Scenario[], plan: Plan): number {
  const standings = scenarios.flatMap(({ contestants }) => contestants);
  const load = plan.warmUp + plan.rounds * plan.seconds;
  const seconds =
    contestantsOf(scenarios).length * PER_CONTESTANT + standings.length * (load + PER_STANDING);
  return Math.ceil(seconds / 60);
}
