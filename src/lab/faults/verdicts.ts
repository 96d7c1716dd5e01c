/** What must hold: from what was observed of a fault to the promises that were broken, in words. */
import type { Tally } from './attacks/wire.ts';
import { listBroken } from './fault.ts';
import type { Guesses } from './guessing.ts';
import {
  findLosses,
  findLostLogins,
  findOutage,
  hasNoFailures,
  type Observation,
} from './observation.ts';
import type { Holdings } from './processes.ts';

/** In which an app tells that Redis is away, and finds it when it is back. */
const PROMPT = 1; // second
/** What a hanging Redis may cost an instance. */
const MUCH_WHILE_HANGING = 64; // MB
const MANY_SOCKETS = 60; // three for each user of the load

/** What an app may say while it has no connection. */
const CLEAR = ['HTTP 503'];

/** What two answers may differ by that were not given in the same moment. */
const SAME = 5; // seconds

/** What hostile requests, and guesses, may cost an instance. */
const MUCH_WHILE_HOSTILE = 96; // MB
const MUCH_WHILE_GUESSED = 32; // MB
/** How much longer others may wait meanwhile. */
const SLOWER = 2; // times

export function afterRedisWasKilled(observation: Observation): string[] {
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

export interface Hanging {
  observation: Observation;
  before: Holdings;
  /** Shortly before its end. */
  during: Holdings;
}

export function afterRedisHung({ observation, before, during }: Hanging): string[] {
  return [
    ...afterRedisWasKilled(observation),
    ...listBroken([
      ['memory grew', during.resident - before.resident < MUCH_WHILE_HANGING],
      ['sockets grew', during.sockets - before.sockets < MANY_SOCKETS],
    ]),
  ];
}

/** Redis promises to keep nothing that it has acknowledged just now, unless one waits. */
export function afterFailOver(observation: Observation): string[] {
  return [...findLostLogins(observation), ...findDelays(observation)];
}

export function afterFailOverWithWaiting(observation: Observation): string[] {
  return [...findLosses(observation), ...findDelays(observation)];
}

function findDelays(observation: Observation): string[] {
  const outage = findOutage(observation);
  return listBroken([
    ['no primary was away', outage !== null],
    ['an error was late', !outage || outage.slowest <= PROMPT],
  ]);
}

/** `moved`: how many slots the other primary has more. */
export function afterResharding(observation: Observation, moved: number): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['no slots were moved', moved > 0],
      ['a request failed', hasNoFailures(observation)],
    ]),
  ];
}

export function afterResets(observation: Observation): string[] {
  const kinds = Object.keys(observation.summary.errors);
  return [
    ...findLosses(observation),
    ...listBroken([['an error was not clear', kinds.every((kind) => CLEAR.includes(kind))]]),
  ];
}

/** `latency`: how many milliseconds the link took, there and back. */
export function afterSlowness(observation: Observation, latency: number): string[] {
  const isSlow = observation.summary.latency.max >= latency;
  return [...afterResets(observation), ...listBroken([['nothing was slow', isSlow]])];
}

/** Of a Redis that evicts nothing. */
export function afterRefusal(observation: Observation): string[] {
  const kinds = Object.keys(observation.summary.errors);
  return [
    ...findLosses(observation),
    ...listBroken([
      ['no write was answered 507', kinds.includes('HTTP 507')],
      ['a request failed otherwise', kinds.every((kind) => kind === 'HTTP 507')],
      ['a read failed', countFailedReads(observation) === 0],
    ]),
  ];
}

export function countFailedReads({ outcomes }: Observation): number {
  return outcomes.filter(({ request, fault }) => request.startsWith('GET') && fault !== null)
    .length;
}

/** Whoever is not there any more may have been evicted. */
export function afterEviction({ summary }: Observation, evicted: number): string[] {
  const kinds = Object.keys(summary.errors);
  return listBroken([
    ['nothing was evicted', evicted > 0],
    ['somebody saw an error page', kinds.every((kind) => kind.startsWith('HTTP 4'))],
  ]);
}

/** One `maxmemory-policy` that was tried. */
export interface Trial {
  policy: string;
  observation: Observation;
  /** To the stranger who filled Redis. */
  answers: Tally;
  /** What the users have found whose sessions may have been evicted. */
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

/** Of answers by their status. A full Redis is answered 507, in plain words. */
function findErrorPages(answers: Tally): string[] {
  return Object.keys(answers).filter((answer) => !/^(HTTP )?([234]\d\d|507)$/.test(answer));
}

/** `ends`: how instances have ended meanwhile. */
export function afterInstanceWasKilled(observation: Observation, ends: string[]): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was killed', ends.includes('signal SIGKILL')]]),
  ];
}

/** Whoever asked the one that hung has waited for its return. `time`: milliseconds until then. */
export function afterInstanceHung(observation: Observation, time: number): string[] {
  const slowest = Math.max(...observation.outcomes.map(({ latency }) => latency));
  return [
    ...findLosses(observation),
    ...listBroken([['no instance was hanging', slowest > time / 2]]),
  ];
}

/** `kept`: how many instances are still the same. */
export function afterRestart(observation: Observation, kept: number): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['a request failed', hasNoFailures(observation)],
      ['an instance was not restarted', kept === 0],
    ]),
  ];
}

/** `spread`: the seconds between the times that two instances tell of one moment. */
export function afterWrongClock(observation: Observation, spread: number): string[] {
  return [...findLosses(observation), ...listBroken([['the clock matters', spread < SAME]])];
}

/** Load without an attack, and with it. */
interface Compared {
  calm: Observation;
  attacked: Observation;
}

export interface Hostilities extends Compared {
  /** How many requests were sent, and how often each status was the answer. */
  sent: number;
  statuses: Tally;
  /** How instances have ended. */
  ends: string[];
  before: Holdings;
  after: Holdings;
}

export function afterHostileRequests(evidence: Hostilities): string[] {
  const { attacked, sent, statuses, ends, before, after } = evidence;
  const counted = Object.values(statuses).reduce((sum, times) => sum + times, 0);
  return [
    ...findLosses(attacked),
    ...listBroken([
      ['requests were left out', counted >= sent],
      ['an instance ended', ends.length === 0],
      ['an answer was 500', !('500' in statuses)],
      ['memory grew', after.resident - before.resident < MUCH_WHILE_HOSTILE],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ]),
  ];
}

export interface Guessed extends Compared {
  tried: number;
  guesses: Guesses;
  before: Holdings & { keys: number };
  after: Holdings & { keys: number };
}

export function afterGuesses(evidence: Guessed): string[] {
  const { attacked, tried, guesses, before, after } = evidence;
  return [
    ...findLosses(attacked),
    ...listBroken([
      ['a guess was not answered 401', guesses.statuses['401'] === tried],
      ['memory grew', after.resident - before.resident < MUCH_WHILE_GUESSED],
      ['Redis grew', after.keys <= before.keys],
      ['requests of others were late', slowdownOf(evidence) <= SLOWER],
    ]),
  ];
}

/** How many times the p99 of others is that of before. */
export function slowdownOf({ calm, attacked }: Compared): number {
  return attacked.summary.latency.p99 / calm.summary.latency.p99;
}
