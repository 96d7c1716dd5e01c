/** The part of an instance among all instances: it shows itself, and shows the others. */
import type { Config } from '../config.ts';
import { readOverview } from '../overview.ts';
import type { Log } from '../log.ts';
import type { RedisLink } from '../redis/connect.ts';
import { hearOfEnds } from '../sessions/ended-channel.ts';
import type { Traffic } from '../http/request-counts.ts';
import { createDirectory, type Directory, type InstanceStatus } from './registry.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createLoadMeter } from './load.ts';
import { createWatchers, type Watchers } from './watchers.ts';

export interface Instances {
  directory: Directory;
  watchers: Watchers;
  /** To be called when the instance is ready for requests. */
  join(): void;
  /** To be called when it wants no more. Pages that watch go on at another instance. */
  leave(): Promise<void>;
}

interface Parts {
  config: Config;
  link: RedisLink;
  traffic: Traffic;
  log: Log;
}

/** null without a bound Redis, through which they know of each other. */
export function createInstances({ config, link, traffic, log }: Parts): Instances | null {
  const { instance, binding } = config;
  const { client, clock } = link;
  if (!client) return null;

  const directory = createDirectory(client, clock, log);
  const readLoad = createLoadMeter(traffic);
  const heartbeat = createHeartbeat({ directory, instance, readLoad, clock });
  const watchers = createWatchers({
    readNews,
    hearOfEnds: (onEnd) => hearOfEnds(client, onEnd),
  });

  return { directory, watchers, join: heartbeat.join, leave };

  /** While Redis is away, that alone is told. */
  async function readNews(): Promise<Record<string, unknown>> {
    const [{ redis }, instances] = await Promise.all([
      readOverview(instance, binding, link),
      directory.list().catch(() => null),
    ]);
    return instances ? { redis, instances: instances.map(showInstance) } : { redis };
  }

  async function leave(): Promise<void> {
    watchers.closeAll();
    await heartbeat.leave();
  }
}

/** As JSON shows it. */
export function showInstance({ startedAt, ...status }: InstanceStatus) {
  return { ...status, startedAt: new Date(startedAt) };
}
