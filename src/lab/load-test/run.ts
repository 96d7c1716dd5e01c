/** Runs a load test, from the first sign-up to the removal of the last account. */
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Begin, createResultsFile, type SecondLine, VERSION } from './results/file.ts';
import type { Outcome } from './sending/connection.ts';
import type { Share } from './sending/sender.ts';
import { startSenders } from './sending/threads.ts';
import { untilInstances } from './scaling.ts';
import { checkTarget } from './target.ts';
import type { Scenario } from './visitors/visitors.ts';

export interface Plan {
  origin: string;
  scenario: Scenario;
  users: number;
  /** The users share them; no more than there are users. */
  connections: number;
  /** Requests per second of all connections; null for as fast as answers come. */
  rate: number | null;
  /** Seconds of each step. */
  duration: number;
  /** Seconds until all connections have begun. */
  ramp: number;
  /** The number of instances of each step; null for as many as there are. */
  counts: (number | null)[];
  /** So many connections for each instance of a step are used; all in each step if not given. */
  connectionsPerInstance?: number;
  /** Keys and accounts stay, because the app ends with the test. */
  isThrownAway?: boolean;
  /** Sets the number of instances. */
  scale: ((count: number) => Promise<void>) | null;
  /** The target may be something else than this app. */
  isAnyTarget: boolean;
}

export interface Parts {
  /** The file that the results are written to. */
  path: string;
  /** Ends the load early. */
  signal: AbortSignal;
  observer: Observer;
}

/** Receives the progress of the test. */
export interface Observer {
  say(text: string): void;
  stepBegins(plan: Plan, count: number | null): void;
  /** Called about once a second. */
  counted(lines: SecondLine[]): void;
  /** Receives each outcome, where a single thread puts the load on. */
  answered?(outcome: Outcome): void;
  stepEnds(): void;
}

/** Requests per second for which one thread is enough on any machine. */
const LOW_RATE = 2000;

/**
 * The connections for which one thread is enough: so many answers take longer to come than to check.
 * A thread more than needed compiles all code once more, which made each answer a quarter dearer.
 */
const CONNECTIONS_OF_A_THREAD = 32;

/**
 * Writes the results to the file, and returns their first line. Throws a problem when the test cannot
 * go on; the file then has what was measured until there.
 */
export async function runLoadTest(plan: Plan, { path, signal, observer }: Parts): Promise<Begin> {
  const { origin, scenario, users, counts } = plan;
  await checkTarget(origin, plan.isAnyTarget);

  const startedAt = Date.now();
  const clock = performance.now();
  const begin = describe(plan, startedAt);
  const file = createResultsFile(path);
  file.write(begin);
  const senders = startSenders(deal(plan, startedAt), { ...observer, counted });
  try {
    if (scenario !== 'keys') observer.say(`${users} users sign up.`);
    await signUp();
    for (const count of counts) {
      if (count !== null && !signal.aborted) await scaleTo(count);
      if (!signal.aborted) await measure(count);
    }
  } finally {
    if (!plan.isThrownAway) await leave();
    await Promise.all(senders.map((sender) => sender.close()));
    await file.close();
  }
  return begin;

  /** Waits for all threads, so that none is at it when they are called to leave. */
  async function signUp() {
    const ends = await Promise.allSettled(senders.map((sender) => sender.signUp()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async function leave() {
    observer.say('Keys and accounts are removed.');
    const left: string[] = [];
    for (const sender of senders) left.push(...(await sender.leave()));
    if (left.length > 0) observer.say(`These could not be removed: ${left.join(', ')}`);
  }

  async function scaleTo(count: number) {
    await plan.scale!(count);
    await untilInstances(origin, count, signal);
  }

  async function measure(count: number | null) {
    const logins = await Promise.all(senders.map((sender) => sender.countLogins()));
    file.write({ type: 'step', at: now(), count, logins: sum(logins) });
    observer.stepBegins(plan, count);
    const before = process.cpuUsage();
    const busy = await putLoad((plan.connectionsPerInstance ?? Infinity) * (count ?? 1));
    const { user, system } = process.cpuUsage(before);
    observer.stepEnds();
    const threads = senders.length;
    file.write({ type: 'end', at: now(), threads, busy, processor: user + system });
  }

  /** Uses the first connections. Returns how busy the threads were on average, from 0 to 1. */
  async function putLoad(connections: number): Promise<number> {
    const ending = new AbortController();
    const loads = senders.map((sender) => sender.putLoad(ending.signal, connections));
    await Promise.race([sleep(1000 * plan.duration, null, { signal }).catch(() => {}), ...loads]);
    ending.abort();
    return sum(await Promise.all(loads)) / senders.length;
  }

  function counted(lines: SecondLine[]) {
    for (const line of lines) file.write(line);
    observer.counted(lines);
  }

  function now(): number {
    return Math.round(performance.now() - clock);
  }
}

/** Deals users and connections to the threads. A constant rate is even over all connections. */
export function deal(plan: Plan, startedAt: number): Share[] {
  const { origin, scenario, users, connections: count, rate, ramp, isAnyTarget } = plan;
  const isSlow = rate !== null && rate <= LOW_RATE;
  const needed = isSlow ? 1 : Math.ceil(count / CONNECTIONS_OF_A_THREAD);
  const threads = Math.min(availableParallelism(), needed);
  const test = `load-test-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  const names = Array.from({ length: users }, (_, i) => `${test}-${i + 1}`);
  const connections = Array.from({ length: count }, (_, i) => ({
    number: i,
    delay: Math.max((1000 * ramp * i) / count, rate === null ? 0 : (1000 * i) / rate),
    interval: rate === null ? null : (1000 * count) / rate,
  }));
  const common = { origin, scenario, password, isAnyTarget, startedAt };
  return Array.from({ length: threads }, (_, thread) => {
    const isOfThread = (_: unknown, i: number) => i % threads === thread;
    return {
      ...common,
      names: names.filter(isOfThread),
      connections: connections.filter(isOfThread),
    };
  });
}

function describe(
  { origin, scenario, users, connections, rate, duration }: Plan,
  startedAt: number,
): Begin {
  return {
    type: 'begin',
    version: VERSION,
    target: origin,
    startedAt: new Date(startedAt).toISOString(),
    scenario,
    users,
    connections,
    rate,
    duration,
    versions: { 'Node.js': process.versions.node },
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
