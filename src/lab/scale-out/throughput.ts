/** Measures what more instances carry, with the same number of connections to each of them. */
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { countFailed } from '../load-test/verdict.ts';
import type { Step } from '../load-test/summary.ts';
import { measureLoad } from '../load-test/under-load.ts';
import { bindRedis } from '../redis/topologies.ts';
import { nameLimit, type Usage } from './limit.ts';
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
  /** To each instance. A connection sends a request as soon as the last one is answered. */
  connections: number;
  /** Environment variables of the app. */
  variables: Record<string, string>;
}

interface Observer {
  signal: AbortSignal;
  say: (text: string) => void;
  report: (result: Throughput) => void;
}

/** The number of times that `measureThroughput` says what it does. */
export function countLoads({ scenarios, counts }: Pick<Extent, 'scenarios' | 'counts'>): number {
  return scenarios.length * (1 + WARM_UPS + counts.length); // the users sign up first
}

/** Reports a result for each scenario and number of instances; fewer when the signal ends it early. */
export async function measureThroughput(extent: Extent, observer: Observer): Promise<void> {
  for (const scenario of extent.scenarios) {
    if (observer.signal.aborted) return;
    const { share: cpu, variables } = extent;
    const options = { bind: bindRedis('standalone'), cpu, settings: () => variables };
    await withFoundry(options, (foundry) => measureScenario(scenario, foundry, extent, observer));
  }
}

/**
 * A new instance is slow until its code is compiled, which takes seconds of the processor time of which
 * each has a share.
 */
const WARM_UPS = 3;

/** Begins with the most instances, which the first loads warm up. */
async function measureScenario(
  scenario: Throughput['scenario'],
  foundry: Foundry,
  { counts, share, duration, connections }: Extent,
  { signal, say, report }: Observer,
): Promise<void> {
  const descending = counts.toSorted((one, other) => other - one);
  const most = descending[0]!;
  const users = most * connections;
  const usages: Promise<Omit<Usage, 'loadTest'>>[] = [];
  let endUsage: ReturnType<typeof measureUsage>;

  await foundry.instances.scale(most);
  const plan = {
    origin: `http://${foundry.address}`,
    scenario,
    users,
    connections: users,
    connectionsPerInstance: connections,
    rate: null,
    duration,
    ramp: 0,
    counts: [...Array<number>(WARM_UPS).fill(most), ...descending],
    scale: (count: number) => foundry.instances.scale(count),
    isAnyTarget: false,
    isThrownAway: true,
  };
  const summary = await measureLoad(plan, {
    signal,
    observer: {
      say: () => say(`${SCENARIO_NAMES[scenario]}: ${users} users sign up.`),
      stepBegins(_, count) {
        const purpose = usages.length < WARM_UPS ? ', to warm up' : '';
        say(`${SCENARIO_NAMES[scenario]}, instances: ${count}${purpose}.`);
        endUsage = measureUsage(listProcesses(foundry), share);
      },
      stepEnds: () => void usages.push(endUsage()),
      counted() {},
    },
  });
  for (const [i, step] of summary.steps.entries()) {
    if (i >= WARM_UPS) report(toResult(scenario, step, await usages[i]!));
  }
}

function listProcesses({ instances, routerPid, servers }: Foundry) {
  return {
    instances: instances.list().flatMap((slot) => slot.map(({ pid }) => pid)),
    router: routerPid,
    redis: servers.byName.get('redis')!.process.pid,
  };
}

/** What a step of a load test says about a number of instances. */
export function toResult(
  scenario: Throughput['scenario'],
  step: Step,
  usage: Omit<Usage, 'loadTest'>,
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
