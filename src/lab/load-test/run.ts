/** Runs a load test, from the first sign-up to the removal of the last account. */
import { createResultsFile } from './results/file.ts';
import type { Begin } from './results/file.ts';
import type { Outcome } from './sending/connection.ts';
import { putLoad } from './sending/load.ts';
import { checkTarget, scale, untilInstances } from './target.ts';
import { createVisitors, type Scenario } from './visitors/visitors.ts';

export interface Plan {
  origin: string;
  scenario: Scenario;
  users: number;
  connections: number;
  /** Requests per second; null for as fast as answers come. */
  rate: number | null;
  /** Seconds of each step. */
  duration: number;
  /** Seconds until all connections have begun. */
  ramp: number;
  /** The number of instances of each step; null for as many as there are. */
  counts: (number | null)[];
  /** The command that sets the number of instances. */
  scale: string | null;
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
  answered(outcome: Outcome): void;
  stepEnds(): void;
}

/**
 * Writes the results to the file, and returns their first line. Throws a problem when the test cannot
 * go on; the file then has what was measured until there.
 */
export async function runLoadTest(plan: Plan, { path, signal, observer }: Parts): Promise<Begin> {
  const { origin, scenario, users, counts } = plan;
  await checkTarget(origin, plan.isAnyTarget);

  const startedAt = performance.now();
  const begin = describe(plan);
  const file = createResultsFile(path);
  file.write(begin);
  const visitors = createVisitors(scenario, origin, users);
  try {
    if (scenario !== 'keys') observer.say(`${users} users sign up.`);
    await visitors.signUp();
    for (const count of counts) {
      if (count !== null && !signal.aborted) await scaleTo(count);
      if (!signal.aborted) await measure(count);
    }
  } finally {
    await leave();
    await file.close();
  }
  return begin;

  async function leave() {
    observer.say('Keys and accounts are removed.');
    const left = await visitors.leave();
    if (left.length > 0) observer.say(`These could not be removed: ${left.join(', ')}`);
  }

  async function scaleTo(count: number) {
    await scale(plan.scale!, count);
    await untilInstances(origin, count, signal);
  }

  async function measure(count: number | null) {
    file.write({ type: 'step', at: now(), count, logins: visitors.countLogins() });
    observer.stepBegins(plan, count);
    await putLoad({ ...plan, visitors: visitors.all, signal, record });
    observer.stepEnds();
    file.write({ type: 'end', at: now() });
  }

  function record(outcome: Outcome) {
    const { sentAt, latency, ...rest } = outcome;
    const at = round(sentAt - startedAt);
    file.write({ type: 'request', at, latency: round(latency), ...rest });
    observer.answered(outcome);
  }

  function now(): number {
    return round(performance.now() - startedAt);
  }
}

function describe({ origin, scenario, users, connections, rate, duration }: Plan): Begin {
  return {
    type: 'begin',
    version: 1,
    target: origin,
    startedAt: new Date().toISOString(),
    scenario,
    users,
    connections,
    rate,
    duration,
    versions: { 'Node.js': process.versions.node },
  };
}

/** To microseconds. */
function round(milliseconds: number): number {
  return Math.round(1000 * milliseconds) / 1000;
}
