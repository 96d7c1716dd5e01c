/** Measures what more instances carry, with the same number of users on each of them. */
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { countFailed } from '../load-test/reports/verdict.ts';
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
  /** For each instance. Each user has a connection, and sends a request as soon as the last is answered. */
  users: number;
}

interface Observer {
  signal: AbortSignal;
  say: (text: string) => void;
  report: (result: Throughput) => void;
}

/** Reports a result for each scenario and number of instances; fewer when the signal ends it early. */
export async function measureThroughput(extent: Extent, observer: Observer): Promise<void> {
  const { scenarios, share, counts } = extent;
  const { signal, say, report } = observer;
  const descending = counts.toSorted((one, other) => other - one);
  const bind = (servers: Servers) => startRedis('standalone', servers);

  await withFoundry({ bind, cpu: share }, async (foundry) => {
    for (const scenario of scenarios) {
      const name = SCENARIO_NAMES[scenario];
      const most = descending[0]!;
      if (signal.aborted) return;
      say(`${name}, instances: ${most}, to warm up.`); // a new instance is slow at first
      await measure(foundry, scenario, most);
      for (const instances of descending) {
        if (signal.aborted) return;
        say(`${name}, instances: ${instances}.`);
        report(await measure(foundry, scenario, instances));
      }
    }
  });

  async function measure(
    foundry: Foundry,
    scenario: Throughput['scenario'],
    instances: number,
  ): Promise<Throughput> {
    await foundry.instances.scale(instances);
    const users = instances * extent.users;
    const plan = {
      origin: `http://${foundry.address}`,
      scenario,
      users,
      connections: users,
      rate: null,
      duration: extent.duration,
      ramp: 0,
      counts: [null],
      scale: null,
      isAnyTarget: false,
    };
    let endUsage: ReturnType<typeof measureUsage>;
    let usage: ReturnType<typeof endUsage>;
    const observer = {
      say() {},
      counted() {},
      stepBegins: () => void (endUsage = measureUsage(listProcesses(foundry), share)),
      stepEnds: () => void (usage = endUsage()),
    };
    const summary = await measureLoad(plan, { observer, signal });
    const { requests, rate, latency, loginsLost, valuesWrong, loadTest } = summary;
    return {
      scenario,
      instances,
      requests,
      rate,
      p99: latency.p99,
      errors: countFailed(summary) + valuesWrong,
      loginsLost,
      limit: nameLimit({ ...(await usage!), loadTest: loadTest?.busy ?? 0 }),
    };
  }
}

function listProcesses({ instances, routerPid, servers }: Foundry) {
  return {
    instances: instances.list().flatMap((slot) => slot.map(({ pid }) => pid)),
    router: routerPid,
    redis: servers.byName.get('redis')!.process.pid,
  };
}
