/** The judges: from what is known about a fault to the promises that were broken, in words. */
import type { Tally } from './attacks/wire.ts';
import type { Evidence } from './fault.ts';
import type { Holdings } from './holdings.ts';
import {
  findLosses,
  findLostLogins,
  findOutage,
  hasNoFailures,
  listBroken,
  type Observation,
} from './observation.ts';

/** Within this time the app reports that Redis is away, and finds it when it is back. */
const PROMPT = 1; // second
/** What a hanging Redis may cost an instance. */
const MUCH_WHILE_HANGING = 64; // MB
const MANY_SOCKETS = 60; // three for each user of the load
/** What hostile requests, and guesses, may cost an instance. */
const MUCH_WHILE_HOSTILE = 96; // MB
const MUCH_WHILE_GUESSED = 32; // MB
/** How much longer others may wait meanwhile. */
const SLOWER = 2; // times
/** The difference between two answers that were not given in the same moment. */
const SAME = 5; // seconds

export function afterRedisWasKilled({ observation }: Evidence): string[] {
  const outage = findOutage(observation);
  return [
    ...findLosses(observation),
    ...listBroken([
      ['Redis was not away', outage !== null],
      ['an error was late', !outage || outage.slowest <= PROMPT],
      ['recovery was late', !outage || outage.recovery <= PROMPT],
    ]),
  ];
}

/** `found`: shortly before Redis answered again. */
export function afterRedisHung(evidence: Evidence<Holdings>): string[] {
  const { before, found: during } = evidence;
  return [
    ...afterRedisWasKilled(evidence),
    ...listBroken([
      ['memory grew', during.resident - before.resident < MUCH_WHILE_HANGING],
      ['sockets grew', during.sockets - before.sockets < MANY_SOCKETS],
    ]),
  ];
}

/** Redis may lose a value that it has acknowledged just now, unless the app waits for a replica. */
export function afterFailOver({ observation }: Evidence): string[] {
  return [...findLostLogins(observation), ...findDelays(observation)];
}

export function afterFailOverWithWaiting({ observation }: Evidence): string[] {
  return [...findLosses(observation), ...findDelays(observation)];
}

function findDelays(observation: Observation): string[] {
  const outage = findOutage(observation);
  return listBroken([
    ['no primary was away', outage !== null],
    ['an error was late', !outage || outage.slowest <= PROMPT],
  ]);
}

/** `found`: how many slots have moved. */
export function afterResharding({ observation, found: moved }: Evidence<number>): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['no slots were moved', moved > 0],
      ['a request failed', hasNoFailures(observation)],
    ]),
  ];
}

export function afterResets({ observation }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['an error was not clear', hasOnly(observation, (kind) => kind === 'HTTP 503')],
    ]),
  ];
}

/** `found`: the latency of the link in milliseconds, there and back. */
export function afterSlowness(evidence: Evidence<number>): string[] {
  const isSlow = evidence.observation.summary.latency.max >= evidence.found;
  return [...afterResets(evidence), ...listBroken([['nothing was slow', isSlow]])];
}

/** For a Redis that evicts nothing. */
export function afterRefusal({ observation }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['no write was answered 507', 'HTTP 507' in observation.summary.errors],
      ['a request failed otherwise', hasOnly(observation, (kind) => kind === 'HTTP 507')],
      ['a read failed', countFailedReads(observation) === 0],
    ]),
  ];
}

export function countFailedReads({ outcomes }: Observation): number {
  return outcomes.filter(({ request, fault }) => request.startsWith('GET') && fault !== null)
    .length;
}

/** Lost logins and values may have been evicted. */
export function afterEviction({ observation, before, after }: Evidence): string[] {
  return listBroken([
    ['nothing was evicted', after.evicted > before.evicted],
    ['somebody saw an error page', hasOnly(observation, (kind) => kind.startsWith('HTTP 4'))],
  ]);
}

/** One `maxmemory-policy` that was tried. */
export interface Trial {
  policy: string;
  observation: Observation;
  /** To the stranger who filled Redis. */
  answers: Tally;
  /** What was wrong with sessions that may have been evicted. */
  found: string[];
}

/** Where nothing was evicted, the policies were not tried. */
export function afterPolicies(trials: Trial[], evicted: number): string[] {
  return [...listBroken([['nothing was evicted', evicted > 0]]), ...trials.flatMap(afterPolicy)];
}

function afterPolicy({ policy, observation, answers, found }: Trial): string[] {
  const { errors } = observation.summary;
  const broken = [...found, ...findErrorPages(errors), ...findErrorPages(answers)];
  if (policy === 'noeviction') broken.push(...findLosses(observation));
  return broken.map((each) => `${policy}: ${each}`);
}

/** A full Redis is answered 507, in plain words. */
function findErrorPages(answers: Tally): string[] {
  return Object.keys(answers).filter((answer) => !/^(HTTP )?([234]\d\d|507)$/.test(answer));
}

export function afterInstanceWasKilled({ observation, ends }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was killed', ends.includes('signal SIGKILL')]]),
  ];
}

/** Requests to the instance that hung waited for its return. `found`: milliseconds until then. */
export function afterInstanceHung({ observation, found: time }: Evidence<number>): string[] {
  const slowest = Math.max(...observation.outcomes.map(({ latency }) => latency));
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was hanging', slowest > time / 2]]),
  ];
}

export function afterRestart({ observation, kept }: Evidence): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['a request failed', hasNoFailures(observation)],
      ['an instance was not restarted', kept === 0],
    ]),
  ];
}

/** `found`: the seconds between the times that two instances report for one moment. */
export function afterWrongClock({ observation, found: spread }: Evidence<number>): string[] {
  return [...findLosses(observation), ...listBroken([['the clock matters', spread < SAME]])];
}

/** `found`: how many requests were sent, and what was answered. */
export function afterHostileRequests(evidence: Evidence<{ sent: number; answers: Tally }>) {
  const { observation, found, ends, before, after } = evidence;
  const counted = Object.values(found.answers).reduce((sum, times) => sum + times, 0);
  return [
    ...findLosses(observation),
    ...listBroken([
      ['requests were left out', counted >= found.sent],
      ['an instance ended', ends.length === 0],
      ['an answer was 500', !('500' in found.answers)],
      ['memory grew', after.resident - before.resident < MUCH_WHILE_HOSTILE],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ]),
  ];
}

/** `found`: how many guesses were made, and what was answered. */
export function afterGuesses(evidence: Evidence<{ tried: number; answers: Tally }>): string[] {
  const { observation, found, before, after } = evidence;
  return [
    ...findLosses(observation),
    ...listBroken([
      ['a guess was not answered 401', found.answers['401'] === found.tried],
      ['memory grew', after.resident - before.resident < MUCH_WHILE_GUESSED],
      ['Redis grew', after.keys <= before.keys],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ]),
  ];
}

/** Returns how many times the p99 of others is that of the calm before. */
export function slowdownOf({ calm, observation }: Evidence): number {
  return observation.summary.latency.p99 / calm!.summary.latency.p99;
}

function hasOnly({ summary }: Observation, isFine: (kind: string) => boolean): boolean {
  return Object.keys(summary.errors).every(isFine);
}
