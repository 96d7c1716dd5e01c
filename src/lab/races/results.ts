/** What the races count, for each server. */

export const RACES = ['writes', 'sign-outs amid requests', 'sign-outs amid an upload'] as const;

export type RaceName = (typeof RACES)[number];

/** How often a server confirmed something in a race, and how much of that came undone. */
export interface Outcome {
  /** Writes or sign-outs. */
  done: number;
  /** Fields lost or sessions revived. */
  undone: number;
}

export interface Result {
  server: string;
  /** The options that matter here, named as in the documentation of the package. */
  options: string;
  outcomes: Record<RaceName, Outcome>;
}

/** For tables and plots. */
export const UNDONE: Record<RaceName, { column: string; heading: string }> = {
  writes: {
    column: 'fields lost',
    heading: 'Fields lost in parallel writes to different fields of a session',
  },
  'sign-outs amid requests': {
    column: 'revived',
    heading: 'Sessions revived by requests in flight at the sign-out',
  },
  'sign-outs amid an upload': {
    column: 'revived',
    heading: 'Sessions revived by a write whose body comes after the sign-out',
  },
};

/** True when a server lost a field or revived a session. */
export function isAnythingUndone({ outcomes }: Result): boolean {
  return RACES.some((race) => outcomes[race].undone > 0);
}
