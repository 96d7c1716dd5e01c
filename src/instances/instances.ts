/** This instance among all others: it shows itself in the registry, and shows the others to its pages. */
import type { Instance } from '../cloudfoundry/instance.ts';
import type { InstanceLimits } from '../cloudfoundry/instance-limits.ts';
import type { RequestCounts } from '../http/request-counts.ts';
import type { Log } from '../log.ts';
import type { Overview } from '../overview.ts';
import type { BoundRedis } from '../redis/connect.ts';
import { hearOfEnds } from '../sessions/ended-channel.ts';
import { createLoadMeter } from './load.ts';
import { createRegistry, type InstanceStatus, type Registry } from './registry.ts';
import { createWatchers, type Watchers } from './watchers.ts';

/** Each heartbeat sends two Redis commands. */
const HEARTBEAT_INTERVAL = 1000; // milliseconds

export interface Instances {
  registry: Registry;
  watchers: Watchers;
  /** Call it when the instance is ready for requests. */
  join(): void;
  /** Call it when the instance takes no more requests. Its pages reconnect to another one. */
  leave(): Promise<void>;
}

interface Parts {
  instance: Instance;
  limits: InstanceLimits;
  redis: BoundRedis;
  readOverview: () => Promise<Overview>;
  counts: RequestCounts;
  log: Log;
}

export function createInstances(parts: Parts): Instances {
  const { instance, limits, redis, readOverview, counts, log } = parts;
  const { client, clock } = redis;
  const registry = createRegistry(client, clock, log);
  const readLoad = createLoadMeter(counts);
  const watchers = createWatchers({
    readNews,
    hearOfEnds: (onEnd) => hearOfEnds(client, onEnd),
  });
  let heartbeat: NodeJS.Timeout | undefined;
  let lastBeat = Promise.resolve();

  return { registry, watchers, join, leave };

  function join(): void {
    const { index, guid } = instance;
    const { memory: memoryLimit, cpu: cpuLimit } = limits;
    const constant = { index, guid, startedAt: clock.now(), memoryLimit, cpuLimit };
    const beat = () => {
      // While Redis is away, no instance is listed
      lastBeat = registry.show({ ...constant, ...readLoad() }).catch(() => {});
    };
    beat();
    heartbeat = setInterval(beat, HEARTBEAT_INTERVAL).unref();
  }

  /** Removes the entry at once instead of letting it expire. */
  async function leave(): Promise<void> {
    watchers.closeAll();
    clearInterval(heartbeat);
    await lastBeat;
    await registry.remove(instance).catch(() => {});
  }

  /** While Redis is away, the news are only that. */
  async function readNews(): Promise<Record<string, unknown>> {
    const [overview, instances] = await Promise.all([
      readOverview(),
      registry.list().catch(() => null),
    ]);
    const news = { redis: overview.redis };
    return instances ? { ...news, instances: instances.map(showInstance) } : news;
  }
}

/** An instance in JSON. */
export function showInstance({ startedAt, ...status }: InstanceStatus) {
  return { ...status, startedAt: new Date(startedAt) };
}
