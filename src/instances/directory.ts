/** All running instances, as they show themselves in Redis. */
import type { Instance } from '../cloudfoundry/instance.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Clock } from '../redis/clock.ts';
import { INSTANCES_KEY } from '../redis/names.ts';
import type { Load } from './load.ts';

/** Who is silent for longer is gone. */
const TIME_TO_LIVE = 4000; // milliseconds

export interface InstanceStatus extends Load {
  index: number;
  guid: string;
  /** Milliseconds since 1970, as all times here. */
  startedAt: number;
}

interface Entry {
  seenAt: number;
  status: InstanceStatus;
}

export type Directory = ReturnType<typeof createDirectory>;

/**
 * A hash with a field for each instance, by GUID: two may share an index while one replaces the
 * other.
 */
export function createDirectory(redis: RedisClient, clock: Clock) {
  return { show, remove, list };

  /** Says that an instance is there, and how it is. To be repeated within four seconds. */
  async function show(status: InstanceStatus): Promise<void> {
    const entry: Entry = { seenAt: clock.now(), status };
    await Promise.all([
      redis.hset(INSTANCES_KEY, status.guid, JSON.stringify(entry)),
      redis.pexpire(INSTANCES_KEY, TIME_TO_LIVE),
    ]);
  }

  async function remove({ guid }: Instance): Promise<void> {
    await redis.hdel(INSTANCES_KEY, guid);
  }

  /** By index. Instances that crashed are left out, and forgotten. */
  async function list(): Promise<InstanceStatus[]> {
    const values = Object.values(await redis.hgetall(INSTANCES_KEY));
    const entries = values.map((text) => JSON.parse(text) as Entry);
    const oldest = clock.now() - TIME_TO_LIVE;

    const gone = entries.filter(({ seenAt }) => seenAt < oldest);
    if (gone.length > 0) await redis.hdel(INSTANCES_KEY, ...gone.map(({ status }) => status.guid));
    return entries
      .filter(({ seenAt }) => seenAt >= oldest)
      .map(({ status }) => status)
      .sort((a, b) => a.index - b.index || a.startedAt - b.startedAt);
  }
}
