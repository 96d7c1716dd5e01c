/** The running instances, each with its own entry in Redis. */
import type { Instance } from '../cloudfoundry/instance.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../redis/clock.ts';
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

interface Entry {
  seenAt: number;
  status: InstanceStatus;
}

export type Registry = ReturnType<typeof createRegistry>;

/**
 * A hash with a field for each instance, by GUID: two may share an index while one replaces the
 * other.
 */
export function createRegistry(redis: RedisClient, clock: Clock, log: Log) {
  let hasComplained = false;

  return { show, remove, list };

  /** Writes the entry of an instance. Repeat it within four seconds. */
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

  /** Lists instances by index. Removes the entries of those that crashed. */
  async function list(): Promise<InstanceStatus[]> {
    const entries = await readEntries();
    const oldest = clock.now() - TIME_TO_LIVE;

    const gone = entries.filter(({ seenAt }) => seenAt < oldest);
    if (gone.length > 0) await redis.hdel(INSTANCES_KEY, ...gone.map(({ status }) => status.guid));
    return entries
      .filter(({ seenAt }) => seenAt >= oldest)
      .map(({ status }) => status)
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
    if (!error.message.startsWith('WRONGTYPE')) throw error;
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
    return { seenAt: entry.seenAt, status: { ...NOT_WRITTEN, ...entry.status } };
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
