/** How much of a fault's full length and size is run. */

export interface Plan {
  /** How long an attack lasts. Below 20, all other times and numbers shrink in proportion. */
  seconds: number;
}

export const FULL_SCALE: Plan = { seconds: 20 };

/** Scales a time or a number down to the plan, but not below `least`. */
export function scaled(full: number, { seconds }: Plan, least: number): number {
  return Math.max(least, Math.round(full * Math.min(1, seconds / FULL_SCALE.seconds)));
}
