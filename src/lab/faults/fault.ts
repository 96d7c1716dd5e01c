/** What can break, what must hold while it does, and what was found. */

export interface Fault {
  /** As the table has it. */
  name: string;
  promise: string;
  /** Breaks it, under load. */
  run(plan: Plan): Promise<Finding>;
}

export interface Plan {
  /** How long an attack lasts. All else is as the names say, and smaller in proportion below 20. */
  seconds: number;
}

export interface Finding {
  /** The promises that were broken, in words; none: it holds. */
  broken: string[];
  /** In words, with their units. */
  figures: string;
}

export const FULL_SCALE: Plan = { seconds: 20 };

/** Of a time or a number at full scale, what the plan leaves: `least` at least. */
export function scaled(full: number, { seconds }: Plan, least: number): number {
  return Math.max(least, Math.round(full * Math.min(1, seconds / FULL_SCALE.seconds)));
}

/** Of promises and whether each was kept, those that were not. */
export function listBroken(promises: [broken: string, isKept: boolean][]): string[] {
  return promises.filter(([, isKept]) => !isKept).map(([broken]) => broken);
}
