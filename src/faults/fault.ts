/** What can break, what must hold while it does, and what was found. */

export interface Fault {
  /** As the table has it. */
  name: string;
  promise: string;
  /** Breaks it, under load. */
  run(plan: Plan): Promise<Finding>;
}

export interface Plan {
  /** How long an attack lasts; faults of other kinds take their own time. */
  seconds: number;
}

export interface Finding {
  holds: boolean;
  /** In words, with their units. */
  figures: string;
}
