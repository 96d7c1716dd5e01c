/** What an attack does to users who have nothing to do with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttackName } from './attacks/attacks.ts';
import type { Tally, Target } from './attacks/wire.ts';
import type { Lab } from './lab.ts';
import { describeLoad, isAllKept, type Observation } from './observation.ts';
import { createBystander, type SignIns } from './probes/sign-ins.ts';
import { startThread } from './thread.ts';

export interface Effects {
  /** Of the other users, before the attack and during it. */
  observation: Observation;
  /** The p99 of their requests before the attack, in milliseconds. */
  calm: number;
  /** The same during the attack. */
  attacked: number;
  /** How long the instance took to say that it is alive, in milliseconds. */
  health: number[];
  signIns: SignIns;
  /** How instances have ended that nobody stopped. */
  ends: string[];
  /** What the attacker was answered. */
  answers: Tally;
}

/** Reserved for documentation (RFC 5737), and so nobody else's. */
const ATTACKER = '203.0.113.7';

/** At most; a short attack needs no longer comparison. */
const CALM = 8; // seconds
const LEAD = 3; // seconds until the load is at its rate, and a bystander has signed up
const USERS = 10;

/** Users notice no less; on a machine with two busy cores, p99 alone changes by as much. */
const NOTICEABLE = 100; // milliseconds
const SLOWER = 2; // times
const LONGEST_SIGN_IN = 2000; // milliseconds
const ALIVE_WITHIN = 100; // milliseconds
/** Load, router, Redis and attack share the cores with the instance: some delays are theirs. */
const DELAYED = 0.01; // of all answers

/** Attacks the only instance of the lab for so many seconds, after a time of calm. */
export async function measureAttack(
  { origin, instances, ends, underLoad }: Lab,
  name: AttackName,
  seconds: number,
): Promise<Effects> {
  const { port } = instances.list()[0]![0]!;
  const target: Target = { port, address: ATTACKER };
  const calm = Math.min(CALM, seconds);
  let began = Infinity;
  let health: number[];
  let answers: Tally;
  let signIns: SignIns;
  const observation = await underLoad(attack, {
    duration: LEAD + calm + seconds,
    users: USERS,
  });
  const before = observation.outcomes.filter(({ sentAt }) => sentAt < began);
  const during = observation.outcomes.filter(({ sentAt }) => sentAt >= began);
  return {
    observation,
    calm: percentile(latencies(before), 99),
    attacked: percentile(latencies(during), 99),
    health: health!,
    signIns: signIns!,
    ends: [...ends],
    answers: answers!,
  };

  async function attack() {
    const bystander = await createBystander(origin);
    await sleep(1000 * calm);
    const over = new AbortController();
    const prober = startThread<number[]>(new URL('probes/prober.js', import.meta.url), port);
    const attacker = startThread<Tally>(new URL('attacks/attacker.js', import.meta.url), {
      name,
      target,
    });
    began = performance.now();
    const signingIn = bystander.signInUntil(over.signal);
    await sleep(1000 * seconds);
    over.abort();
    [health, answers] = await Promise.all([prober.stop(), attacker.stop()]);
    signIns = await signingIn;
    await bystander.leave();
  }
}

/** The promises that were broken, in words; none: all of it held. */
export function findBroken(effects: Effects): string[] {
  const { observation, calm, attacked, health, signIns, ends } = effects;
  const promises: [string, boolean][] = [
    ['something was lost', isAllKept(observation)],
    ['requests of others failed', Object.keys(observation.summary.errors).length === 0],
    ['others waited longer', attacked <= Math.max(SLOWER * calm, NOTICEABLE)],
    ['an instance ended', ends.length === 0],
    ['liveness was late', shareOfLate(health) <= DELAYED],
    ['a sign-in of another user failed', signIns.failures.length === 0],
    ['a sign-in of another user was late', Math.max(...signIns.times) <= LONGEST_SIGN_IN],
  ];
  return promises.filter(([, isKept]) => !isKept).map(([broken]) => broken);
}

export function describeEffects(effects: Effects): string {
  const { observation, calm, attacked, health, signIns, ends, answers } = effects;
  const broken = findBroken(effects);
  return [
    ...(broken.length > 0 ? [broken.join(', ').toUpperCase()] : []),
    describeLoad(observation),
    `p99 of others ${format(attacked)} (${format(calm)} before)`,
    `liveness p99 ${format(percentile(health, 99))}, max ${format(Math.max(...health))}`,
    `slowest sign-in ${format(Math.max(...signIns.times))}`,
    `instances that ended: ${ends.join(', ') || 'none'}`,
    `answers to the attack: ${describeTally(answers)}`,
  ].join('; ');
}

export function describeTally(tally: Tally): string {
  const counts = Object.entries(tally).map(([answer, count]) => `${count} × ${answer}`);
  return counts.join(', ') || 'none';
}

/** By the nearest rank; 0 of no values. */
function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
}

function latencies(outcomes: Observation['outcomes']): number[] {
  return outcomes.map(({ latency }) => latency);
}

function shareOfLate(times: number[]): number {
  return times.filter((time) => time > ALIVE_WITHIN).length / times.length;
}

function format(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `${milliseconds.toFixed(0)} ms` : 'never';
}
