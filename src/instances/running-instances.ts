/** The running instances, each with its own entry in Redis. */
import type { RedisClient } from '../redis/client.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../redis/clock.ts';
import { isOfOtherType } from '../redis/explain.ts';
import { INSTANCES_KEY } from '../redis/names.ts';
import type { Load } from './load.ts';

/** What older versions of the app do not write. During a rolling deployment, they are listed as well. */
const NOT_WRITTEN = { memoryLimit: null, cpu: null, cpuLimit: null };

/** An instance that has not written its entry for longer counts as gone. */
const TIME_TO_LIVE = 4000; // milliseconds

export interface InstanceStatus extends Load {
  index: number;
  guid: string;
  /** Milliseconds since 1970, as all times here. */
  startedAt: number;
  /** Bytes; null: no limit is known. */
  memoryLimit: number | null;
  /** Cores; null: no limit is known. */
  cpuLimit: number | null;
}

/** An instance as it is known to all others. */
export interface KnownInstance extends InstanceStatus {
  /** Milliseconds since its start. */
  uptime: number;
  /** Milliseconds since its last heartbeat. */
  silence: number;
  /** True for an instance that takes no more requests. */
  leaving: boolean;
}

interface Entry {
  seenAt: number;
  /** Missing while the instance takes requests, as in entries of older versions of the app. */
  leaving?: true;
  status: InstanceStatus;
}

export type Registry = ReturnType<typeof createRegistry>;

/**
 * A hash with a field for each instance, by GUID: two may share an index while one replaces the
 * other.
 */
export function createRegistry(redis: RedisClient, clock: Clock, log: Log) {
  let hasComplained = false;

  return { show, leave, list };

  /** Writes the entry of an instance. Repeat it within four seconds. */
  async function show(status: InstanceStatus): Promise<void> {
    await write({ seenAt: clock.now(), status });
  }

  /** Writes that an instance takes no more requests. The entry expires. */
  async function leave(status: InstanceStatus): Promise<void> {
    await write({ seenAt: clock.now(), leaving: true, status });
  }

  async function write(entry: Entry): Promise<void> {
    await Promise.all([
      redis.hset(INSTANCES_KEY, entry.status.guid, JSON.stringify(entry)),
      redis.pexpire(INSTANCES_KEY, TIME_TO_LIVE),
    ]);
  }

  /**
   * Lists instances by index, those that are leaving among them. Removes the entries of those that have
   * crashed or left.
   */
  async function list(): Promise<KnownInstance[]> {
    const entries = await readEntries();
    const now = clock.now();
    const oldest = now - TIME_TO_LIVE;

    const gone = entries.filter(({ seenAt }) => seenAt < oldest);
    if (gone.length > 0) await redis.hdel(INSTANCES_KEY, ...gone.map(({ status }) => status.guid));
    return entries
      .filter(({ seenAt }) => seenAt >= oldest)
      .map(({ seenAt, leaving, status }) => ({
        ...status,
        uptime: Math.max(0, now - status.startedAt),
        silence: Math.max(0, now - seenAt),
        leaving: leaving === true,
      }))
      .sort((a, b) => a.index - b.index || a.startedAt - b.startedAt);
  }

  /** Ignores what this app has not written. */
  async function readEntries(): Promise<Entry[]> {
    const fields = Object.entries(await redis.hgetall(INSTANCES_KEY).catch(complainOfType));
    const entries = fields.map(parseEntry).filter((entry) => entry !== null);
    if (entries.length < fields.length) complain('holds a field that this app has not written');
    return entries;
  }

  function complainOfType(error: Error): Record<string, string> {
    if (!isOfOtherType(error)) throw error;
    complain('is not a hash: no instance is listed until it is deleted');
    return {};
  }

  /** Logs once, not each second. */
  function complain(problem: string): void {
    if (!hasComplained) log(`The key ${INSTANCES_KEY} ${problem}`);
    hasComplained = true;
  }
}

/** Returns null for anything but an entry. Keeps fields that a newer version of the app has added. */
function parseEntry([guid, text]: [string, string]): Entry | null {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    if (!isNumber(entry?.seenAt) || !isStatus(entry.status, guid)) return null;
    return { ...entry, status: { ...NOT_WRITTEN, ...entry.status } } as Entry;
  } catch {
    return null;
  }
}

function isStatus(
  status: Partial<InstanceStatus> | null | undefined,
  guid: string,
): status is InstanceStatus {
  if (status?.guid !== guid) return false;
  const { index, startedAt, memory, requestsPerSecond, eventLoopLag } = status;
  const { p95, memoryLimit, cpu, cpuLimit } = status;
  const numbers = [index, startedAt, memory, requestsPerSecond, eventLoopLag];
  const numbersOrNull = [p95, memoryLimit, cpu, cpuLimit];
  return [...numbers, ...numbersOrNull.map((value) => value ?? 0)].every(isNumber);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
