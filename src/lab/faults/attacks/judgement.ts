/** Attacks the app, and measures how long users wait who have nothing to do with it. */
import type * as attacks from './attacks.ts';
import { describeTally, type Tally } from './wire.ts';
import type { Evidence } from '../fault.ts';
import type { Lab } from '../lab.ts';
import { hasNoFailures, type Checks } from '../judgement.ts';
import { describeLoad, type Observation } from '../observation.ts';
import { startThread } from '../threads.ts';
import { createUser, type SignIns, type User } from '../users.ts';

export type AttackName = Exclude<keyof typeof attacks, 'guessSessions'>;

export interface Attacked {
  calm: Probes;
  attacked: Probes;
  /** When the attack began, as `performance.now()`. */
  beganAt: number;
  /** What the attacker was answered. */
  answers: Tally;
}

interface Probes {
  /** Milliseconds of each answer to `GET /status/health`, asked 20 times a second. */
  health: number[];
  signIns: SignIns;
}

/** How long others wait, in milliseconds. */
interface Waiting {
  /** The p99 of their requests. */
  requests: number;
  /** The p99 of `GET /status/health`. */
  liveness: number;
  /** The slowest sign-in. */
  signIn: number;
}

/** Reserved for documentation (RFC 5737): no real client has it. */
const ATTACKER = '203.0.113.7';

/** A short attack is compared with as short a time of calm. */
const LONGEST_CALM = 8; // seconds

/** What others are promised while a stranger attacks. */
const PROMISED: Waiting = { requests: 100, liveness: 100, signIn: 2000 };
/**
 * Load, router, Redis and attack share the cores with the instance, and maybe with other programs.
 * Where others wait longer than promised before the attack, they may wait twice as long during it.
 */
const SLOWER = 2; // times

/** Attacks the first instance for so many seconds, after a time of calm. */
export async function launch(lab: Lab, name: AttackName, seconds: number): Promise<Attacked> {
  const { port } = lab.instance(0);
  const attacker = createUser(lab.origin, 'attacker', ATTACKER);
  await attacker.enter('sign-up');
  const target = { port, address: ATTACKER, account: attacker.account };
  const bystander = createUser(lab.origin, 'bystander');
  await bystander.enter('sign-up');
  const calm = await probe(bystander, port, Math.min(LONGEST_CALM, seconds));
  const beganAt = performance.now();
  const attack = startThread(name, target);
  const attacked = await probe(bystander, port, seconds);
  const answers = await attack.stop();
  await bystander.leave();
  await attacker.leave();
  return { calm, attacked, beganAt, answers };
}

export function judgeAttack(evidence: Evidence<Attacked>): Checks {
  const [before, during] = compare(evidence);
  const isInTime = (what: keyof Waiting) =>
    during[what] <= Math.max(PROMISED[what], SLOWER * before[what]);
  return [
    ['a request of others failed', hasNoFailures(evidence.observation)],
    ['an instance ended', evidence.ends.length === 0],
    ['a sign-in of another user failed', evidence.found.attacked.signIns.failures.length === 0],
    ['requests of others were late', isInTime('requests')],
    ['liveness was late', isInTime('liveness')],
    ['a sign-in of another user was late', isInTime('signIn')],
  ];
}

export function describeAttack(evidence: Evidence<Attacked>): string[] {
  const { observation, ends, found } = evidence;
  const [before, during] = compare(evidence);
  return [
    describeLoad(observation),
    `p99 of others ${format(during.requests)} (${format(before.requests)} before)`,
    `p99 of liveness ${format(during.liveness)} (${format(before.liveness)} before)`,
    `slowest sign-in ${format(during.signIn)} (${format(before.signIn)} before)`,
    `sign-ins that failed: ${found.attacked.signIns.failures.join(', ') || 'none'}`,
    `instances that ended: ${ends.join(', ') || 'none'}`,
    `answers to the attack: ${describeTally(found.answers)}`,
  ];
}

async function probe(bystander: User, port: number, seconds: number): Promise<Probes> {
  const probing = startThread('probeHealth', port);
  const signIns = await bystander.signInUntil(AbortSignal.timeout(1000 * seconds));
  return { health: await probing.stop(), signIns };
}

/** Returns how long others waited before the attack, and during it. */
function compare({ observation: { outcomes }, found }: Evidence<Attacked>): [Waiting, Waiting] {
  const { calm, attacked, beganAt } = found;
  const earlier = outcomes.filter(({ sentAt }) => sentAt < beganAt);
  const later = outcomes.filter(({ sentAt }) => sentAt >= beganAt);
  return [toWaiting(calm, earlier), toWaiting(attacked, later)];
}

function toWaiting({ health, signIns }: Probes, outcomes: Observation['outcomes']): Waiting {
  const latencies = outcomes.map(({ latency }) => latency);
  return {
    requests: percentile(latencies, 99),
    liveness: percentile(health, 99),
    signIn: Math.max(...signIns.times),
  };
}

/** By the nearest rank; 0 of no values. */
function percentile(values: number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
}

function format(milliseconds: number): string {
  return Number.isFinite(milliseconds) ? `${milliseconds.toFixed(0)} ms` : 'never';
}
