/** Walks through all keys that match, to count or delete them, at half of the time that Redis could give. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { type Browse, type Filter, scan } from './browse.ts';
import type { Nodes } from './nodes.ts';
import { isOwn } from './own-keys.ts';

const STEP = 250; // keys
const REPORT_EVERY = 250; // milliseconds
/** An instance that has nothing else to do would be busy with this. */
const SHORTEST_PAUSE = 4; // milliseconds

export interface Progress {
  /** About as many keys were looked at. */
  examined: number;
  /** The number of all keys at the beginning; null where INFO is forbidden. */
  of: number | null;
  /** Keys that match. */
  found: number;
  /** Keys for which `act` has done something. */
  changed: number;
}

interface Settings {
  filter: Filter;
  /** Takes the keys that match, at their primary; returns for how many it did something. */
  act: (redis: Redis, keys: Buffer[]) => Promise<number>;
  /** False: the app's own keys, which match, are left out. */
  includesOwn?: boolean;
  /** Ends after so many keys. */
  most?: number;
  report: (progress: Progress) => void;
  /** Aborted to cancel: what is done stays done. */
  signal: AbortSignal;
}

export type Sweep = ReturnType<typeof createSweep>;

export function createSweep(nodes: Nodes, browse: Browse) {
  const takeTurn = createConcurrencyLimit(1, 5000, 'walks through all keys');

  /** Returns the last progress. Throws the errors of Redis, and an answer with 503 when another one runs. */
  return (settings: Settings): Promise<Progress> => takeTurn(() => sweep(settings));

  async function sweep(settings: Settings): Promise<Progress> {
    const { filter, act, includesOwn = false, most = Infinity, report, signal } = settings;
    const progress: Progress = { examined: 0, of: await browse.count(), found: 0, changed: 0 };
    let reportedAt = -Infinity;

    for (const node of await nodes.list()) {
      if (node.role === 'primary' && !signal.aborted) await nodes.useLong(node, walk);
    }
    return progress;

    async function walk(redis: Redis, _node: unknown, renew: () => void): Promise<void> {
      let cursor = '0';
      do {
        const began = performance.now();
        renew();
        const [next, keys] = await scan(redis, cursor, filter, STEP);
        cursor = next;
        const chosen = keys
          .filter((key) => includesOwn || !isOwn(key))
          .slice(0, most - progress.found);
        progress.examined += STEP;
        if (progress.of !== null) progress.examined = Math.min(progress.examined, progress.of);
        progress.found += chosen.length;
        if (chosen.length > 0) progress.changed += await act(redis, chosen);
        reportSometimes();
        await sleep(Math.max(SHORTEST_PAUSE, performance.now() - began));
      } while (cursor !== '0' && progress.found < most && !signal.aborted);
    }

    function reportSometimes(): void {
      if (performance.now() - reportedAt < REPORT_EVERY) return;
      reportedAt = performance.now();
      report({ ...progress });
    }
  }
}

/** Deletes keys. Returns how many there were. */
export function unlinkAll(redis: Redis, keys: Buffer[]): Promise<number> {
  return redis.unlink(...keys);
}

/** The same at a node of a Cluster, where a command may have keys of one slot only. */
export async function unlinkEach(redis: Redis, keys: Buffer[]): Promise<number> {
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.unlink(key);
  const replies = (await pipeline.exec()) ?? [];
  const failure = replies.find(([error]) => error && !/^(MOVED|ASK)/.test(error.message));
  if (failure) throw failure[0]!;
  return replies.filter(([, removed]) => removed === 1).length;
}
