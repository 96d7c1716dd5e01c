/** Measures what more instances carry: requests come as fast as answers do. */
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { countFailed } from '../load-test/reports/verdict.ts';
import type { Observer as LoadObserver } from '../load-test/run.ts';
import type { Step } from '../load-test/summary.ts';
import { measureLoad } from '../load-test/under-load.ts';
import type { Servers } from '../redis/servers.ts';
import { startRedis } from '../redis/topologies.ts';
import { nameLimit } from './limit.ts';
import { SCENARIO_NAMES, type Throughput } from './results.ts';
import { measureUsage } from './usage.ts';

export interface Extent {
  scenarios: readonly Throughput['scenario'][];
  /** Numbers of instances. */
  counts: number[];
  /** The share of a core that each instance may use; 0 for no limit. */
  share: number;
  /** Seconds of load, for each number of instances. */
  duration: number;
  /** Each has a connection. */
  users: number;
}

interface Observer {
  signal: AbortSignal;
  say: (text: string) => void;
  report: (result: Throughput) => void;
}

/** Reports a result for each scenario and number of instances; fewer when the signal ends it early. */
export async function measureThroughput(extent: Extent, observer: Observer): Promise<void> {
  const { share, scenarios } = extent;
  const bind = (servers: Servers) => startRedis('standalone', servers);
  await withFoundry({ bind, cpu: share }, async (foundry) => {
    for (const scenario of scenarios) {
      if (observer.signal.aborted) return;
      await measureScenario(scenario, foundry, extent, observer);
    }
  });
}

/** Begins with the most instances, once to warm them up: a new one is slow at first. */
async function measureScenario(
  scenario: Throughput['scenario'],
  foundry: Foundry,
  { counts, share, duration, users }: Extent,
  { signal, say, report }: Observer,
): Promise<void> {
  const descending = counts.toSorted((one, other) => other - one);
  const steps = [descending[0]!, ...descending];
  const usages: ReturnType<ReturnType<typeof measureUsage>>[] = [];
  let endUsage: ReturnType<typeof measureUsage>;
  const observer: LoadObserver = {
    say() {},
    counted() {},
    stepBegins(_, count) {
      say(
        `${SCENARIO_NAMES[scenario]}, instances: ${count}${usages.length ? '' : ', to warm up'}.`,
      );
      endUsage = measureUsage(listProcesses(foundry), share);
    },
    stepEnds: () => void usages.push(endUsage()),
  };
  await foundry.instances.scale(steps[0]!);
  const plan = {
    origin: `http://${foundry.address}`,
    scenario,
    users,
    connections: users,
    rate: null,
    duration,
    ramp: 0,
    counts: steps,
    scale: (count: number) => foundry.instances.scale(count),
    isAnyTarget: false,
  };
  const summary = await measureLoad(plan, { observer, signal });
  const results = await Promise.all(
    summary.steps.map(async (step, i) => toResult(scenario, step, await usages[i]!)),
  );
  for (const result of results.slice(1).reverse()) report(result);
}

function listProcesses({ instances, routerPid, servers }: Foundry) {
  return {
    instances: instances.list().flatMap((slot) => slot.map(({ pid }) => pid)),
    router: routerPid,
    redis: servers.byName.get('redis')!.process.pid,
  };
}

function toResult(
  scenario: Throughput['scenario'],
  step: Step,
  usage: Awaited<ReturnType<ReturnType<typeof measureUsage>>>,
): Throughput {
  const { requests, rate, latency, loginsLost, valuesWrong } = step;
  return {
    scenario,
    instances: step.count!,
    requests,
    rate,
    p99: latency.p99,
    errors: countFailed(step) + valuesWrong,
    loginsLost,
    limit: nameLimit({ ...usage, loadTest: step.loadTest?.busy ?? 0 }),
  };
}
