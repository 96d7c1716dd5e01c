/** This instance among all others: it shows itself in the registry, and shows the others to its pages. */
import type { Instance } from '../cloudfoundry/instance.ts';
import type { InstanceLimits } from '../cloudfoundry/instance-limits.ts';
import type { RequestCounts } from '../http/request-counts.ts';
import type { Log } from '../log.ts';
import type { Overview } from '../overview.ts';
import type { BoundRedis } from '../redis/bound-redis.ts';
import { hearOfEnds } from '../sessions/ended-channel.ts';
import { eachSecond } from './each-second.ts';
import { createLoadMeter } from './load.ts';
import { createRegistry, type KnownInstance, type Registry } from './running-instances.ts';
import { createWatchers, type Watchers } from './watchers.ts';

/**
 * All instances send a heartbeat (two Redis commands) at the same moment of each second, and those
 * with open pages read the heartbeats 0.7 s later. So an instance that was killed has been silent
 * for 1.7 s at the first reading that misses it, and pages show that within two seconds.
 */
const HEARTBEAT_PHASE = 0; // milliseconds
const READING_PHASE = 700; // milliseconds

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
    eachReading: (read) => eachSecond(clock, READING_PHASE, read),
    hearOfEnds: (onEnd) => hearOfEnds(client, onEnd),
  });
  const { index, guid } = instance;
  const { memory: memoryLimit, cpu: cpuLimit } = limits;
  let startedAt = clock.now();
  let stopBeating = () => {};
  let lastBeat = Promise.resolve();

  return { registry, watchers, join, leave };

  function join(): void {
    startedAt = clock.now();
    beat();
    stopBeating = eachSecond(clock, HEARTBEAT_PHASE, beat);
  }

  function beat(): void {
    // While Redis is away, no instance is listed
    lastBeat = registry.show(readStatus()).catch(() => {});
  }

  /** Other instances hear it at once, instead of after some silence. */
  async function leave(): Promise<void> {
    watchers.closeAll();
    stopBeating();
    await lastBeat;
    await registry.leave(readStatus()).catch(() => {});
  }

  function readStatus() {
    return { index, guid, startedAt, memoryLimit, cpuLimit, ...readLoad() };
  }

  /** While Redis is away, the news are only that. */
  async function readNews(): Promise<Record<string, unknown>> {
    const [overview, instances] = await Promise.all([
      readOverview(),
      registry.list().catch(() => null),
    ]);
    const news = { redis: overview.redis };
    return instances ? { ...news, instances: instances.map(showKnown) } : news;
  }
}

/** An instance that takes requests, in JSON. */
export function showInstance(known: KnownInstance) {
  const { uptime: _uptime, silence: _silence, leaving: _leaving, ...instance } = showKnown(known);
  return instance;
}

/** An instance with what its lane on the page needs, in JSON. */
function showKnown({ startedAt, ...known }: KnownInstance) {
  return { ...known, startedAt: new Date(startedAt) };
}
