/** What an attack does to users who have nothing to do with it. */
import type { AttackName } from './attacks/attacks.ts';
import type { Tally, Target } from './attacks/wire.ts';
import type { Lab } from './lab.ts';
import { listBroken } from './fault.ts';
import { describeLoad, findLosses, hasNoFailures, type Observation } from './observation.ts';
import { type Bystander, createBystander, type SignIns } from './probes/sign-ins.ts';
import { startThread } from './thread.ts';

export interface Effects {
  /** What the load saw, from before the attack to its end. */
  observation: Observation;
  before: Waiting;
  during: Waiting;
  /** How instances have ended without being stopped. */
  ends: string[];
  /** What the attacker was answered. */
  answers: Tally;
}

/** How long others wait, in milliseconds. */
interface Waiting {
  /** The p99 of their requests. */
  requests: number;
  /** The p99 of `GET /status/health`, asked 20 times a second. */
  liveness: number;
  /** The slowest sign-in. */
  signIn: number;
  /** Sign-ins that failed, as `HTTP 503`. */
  failures: string[];
}

const ATTACKER_PROGRAM = new URL('attacks/attacker.js', import.meta.url);
const PROBER_PROGRAM = new URL('probes/prober.js', import.meta.url);

/** Reserved for documentation (RFC 5737): no real client has it. */
const ATTACKER = '203.0.113.7';

/** At most; a short attack needs no longer comparison. */
const CALM = 8; // seconds
const AFTER = 1; // second
const USERS = 10;

/** What others are promised while a stranger attacks, in milliseconds. */
const PROMISED = { requests: 100, liveness: 100, signIn: 2000 };
/**
 * Load, router, Redis and attack share the cores with the instance, and maybe with other programs.
 * Where they make others wait before the attack, these may wait twice as long during it.
 */
const SLOWER = 2; // times

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
  let before: Probes;
  let during: Probes;
  let answers: Tally;
  const observation = await underLoad(
    async () => {
      const bystander = await createBystander(origin);
      before = await probe(bystander, port, calm);
      began = performance.now();
      const attacker = startThread<Tally>(ATTACKER_PROGRAM, { name, target });
      during = await probe(bystander, port, seconds);
      answers = await attacker.stop();
      await bystander.leave();
    },
    { users: Math.min(USERS, 2 * seconds), after: AFTER },
  );
  const { outcomes } = observation;
  return {
    observation,
    before: toWaiting(
      before!,
      outcomes.filter(({ sentAt }) => sentAt < began),
    ),
    during: toWaiting(
      during!,
      outcomes.filter(({ sentAt }) => sentAt >= began),
    ),
    ends: [...ends],
    answers: answers!,
  };
}

/** The promises that were broken, in words; none: all of it held. */
export function findBroken({ observation, before, during, ends }: Effects): string[] {
  return [
    ...findLosses(observation),
    ...listBroken([
      ['a request of others failed', hasNoFailures(observation)],
      ['an instance ended', ends.length === 0],
      ['a sign-in of another user failed', during.failures.length === 0],
      ['requests of others were late', isInTime('requests')],
      ['liveness was late', isInTime('liveness')],
      ['a sign-in of another user was late', isInTime('signIn')],
    ]),
  ];

  function isInTime(what: keyof typeof PROMISED): boolean {
    return during[what] <= Math.max(PROMISED[what], SLOWER * before[what]);
  }
}

export function describeEffects(effects: Effects): string {
  const { observation, before, during, ends, answers } = effects;
  return [
    describeLoad(observation),
    `p99 of others ${format(during.requests)} (${format(before.requests)} before)`,
    `p99 of liveness ${format(during.liveness)} (${format(before.liveness)} before)`,
    `slowest sign-in ${format(during.signIn)} (${format(before.signIn)} before)`,
    `sign-ins that failed: ${during.failures.join(', ') || 'none'}`,
    `instances that ended: ${ends.join(', ') || 'none'}`,
    `answers to the attack: ${describeTally(answers)}`,
  ].join('; ');
}

interface Probes {
  health: number[];
  signIns: SignIns;
}

async function probe(bystander: Bystander, port: number, seconds: number): Promise<Probes> {
  const prober = startThread<number[]>(PROBER_PROGRAM, port);
  const signIns = await bystander.signInUntil(AbortSignal.timeout(1000 * seconds));
  return { health: await prober.stop(), signIns };
}

function toWaiting({ health, signIns }: Probes, outcomes: Observation['outcomes']): Waiting {
  return {
    requests: percentile(
      outcomes.map(({ latency }) => latency),
      99,
    ),
    liveness: percentile(health, 99),
    signIn: Math.max(...signIns.times),
    failures: signIns.failures,
  };
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

function format(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `${milliseconds.toFixed(0)} ms` : 'never';
}
