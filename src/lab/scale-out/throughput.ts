/** Measures what more instances carry: requests come as fast as answers do. */
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { countFailed } from '../load-test/reports/verdict.ts';
import type { Plan } from '../load-test/run.ts';
import { measureLoad } from '../load-test/under-load.ts';
import { startRedis } from '../redis/topologies.ts';
import { nameLimit, type Usage } from './limit.ts';
import { SCENARIO_NAMES, SCENARIOS, type Throughput } from './results.ts';
import { measureUsage } from './usage.ts';

export interface Extent {
  /** Numbers of instances. */
  counts: number[];
  /** The share of a core that each instance may use; 0 for no limit. */
  share: number;
  /** Seconds of load, for each number of instances. */
  duration: number;
  users: number;
}

interface Observer {
  signal: AbortSignal;
  say: (text: string) => void;
  report: (result: Throughput) => void;
}

/** Reports a result for each scenario and number of instances; fewer when the signal ends it early. */
export async function measureThroughput(extent: Extent, observer: Observer): Promise<void> {
  const { signal, say, report } = observer;
  const options = { bind: startRedis.bind(null, 'standalone'), cpu: extent.share };
  await withFoundry(options, async (foundry) => {
    for (const scenario of SCENARIOS) {
      if (signal.aborted) return;
      await measureScenario(foundry, scenario);
    }
  });

  /** Begins with the most instances, once to warm them up: new ones are slow at first. */
  async function measureScenario(foundry: Foundry, scenario: Throughput['scenario']) {
    const counts = extent.counts.toSorted((one, other) => other - one);
    const usages: Promise<Usage>[] = [];
    ...
  }
}
