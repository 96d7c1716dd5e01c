/** Judges what the load saw of a fault: which promises were broken. */
import type { Observation } from './observation.ts';

/** For each promise, what is reported when it is broken, and whether it was kept. */
export type Checks = [broken: string, isKept: boolean][];

/** What a fault may lose of all that was acknowledged. */
export type Losses = 'nothing' | 'values' | 'values and logins';

/** Reports more than the fault may lose, and further promises that were not kept. */
export function findBroken(observation: Observation, mayLose: Losses, checks: Checks): string[] {
  const find = { nothing: findLosses, values: findLostLogins, 'values and logins': () => [] };
  return [...find[mayLose](observation), ...listBroken(checks)];
}

/**
 * Reports lost logins and values. Where no request was answered after all was mended, they may be
 * lost, and that is reported.
 */
export function findLosses(observation: Observation): string[] {
  const { valuesWrong } = observation.summary;
  return [
    ...findLostLogins(observation),
    ...listBroken([['a value was wrong', valuesWrong === 0]]),
  ];
}

function findLostLogins({ summary, outcomes, mendedAt }: Observation): string[] {
  const isUp = outcomes.some(({ sentAt, failure }) => sentAt >= mendedAt && failure === null);
  return listBroken([
    ['a login was lost', summary.loginsLost === 0],
    ['nothing worked afterwards', isUp],
  ]);
}

export function hasNoFailures(observation: Observation): boolean {
  return hasOnly(observation, () => false);
}

/** Returns whether all errors are of these kinds, such as `HTTP 503`. */
export function hasOnly({ summary }: Observation, isFine: (kind: string) => boolean): boolean {
  return Object.keys(summary.errors).every(isFine);
}

export function listBroken(checks: Checks): string[] {
  return checks.filter(([, isKept]) => !isKept).map(([broken]) => broken);
}
