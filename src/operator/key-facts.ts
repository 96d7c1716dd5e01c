/** What a list shows of each key: type, expiry, memory, length. */
import type { ChainableCommander, Redis } from 'ioredis';
import { explain, isForbidden } from '../redis/explain.ts';
import { showElement, type Shown, toPath } from './bytes-as-json.ts';

export interface KeyFacts {
  key: Shown;
  /** Where the key is shown, changed and deleted; null for the names `.` and `..`. */
  path: string | null;
  /** null: Redis does not let this app ask. */
  type: string | null;
  /** Seconds; null: the key does not expire. */
  ttl: number | null;
  /** Bytes, as Redis estimates it from a few elements. */
  memory: number | null;
  /** Bytes of a string, elements of all else. */
  length: number | null;
  /** Of a Cluster. */
  slot: number | null;
}

interface Parts {
  /** Gets a sentence for each right that Redis does not give. */
  lacks: Set<string>;
  slotOf: (key: Buffer) => number | null;
}

const LENGTHS: Record<string, string> = {
  string: 'STRLEN',
  list: 'LLEN',
  hash: 'HLEN',
  set: 'SCARD',
  zset: 'ZCARD',
  stream: 'XLEN',
};

/** What concerns one key only: its type has changed, or its slot moves to another server. */
const OF_ONE_KEY = /^(WRONGTYPE|MOVED|ASK)/;

/**
 * Leaves out keys that are gone. Takes two round trips, because the command for a length depends on
 * the type.
 */
export async function readFacts(
  redis: Redis,
  keys: Buffer[],
  { lacks, slotOf }: Parts,
): Promise<KeyFacts[]> {
  const first = await run(redis, keys, (pipeline, key) => {
    pipeline.type(key).pttl(key).call('MEMORY', 'USAGE', key);
  });
  const facts = keys.map((key, i) => {
    const [type, ttl, memory] = first.slice(3 * i, 3 * i + 3);
    return { key, type, ttl, memory } as { key: Buffer; type: string | null } & Numbers;
  });
  const present = facts.filter(({ type }) => type !== 'none');
  const lengths = await run(redis, present, (pipeline, { key, type }) => {
    if (Object.hasOwn(LENGTHS, type ?? '')) pipeline.call(LENGTHS[type!]!, key);
    else pipeline.type(key);
  });
  return present.map(({ key, type, ttl, memory }, i) => ({
    key: showElement(key),
    path: toPath(key),
    type,
    ttl: ttl === null || ttl < 0 ? null : Math.ceil(ttl / 1000),
    memory,
    length: typeof lengths[i] === 'number' ? lengths[i] : null,
    slot: slotOf(key),
  }));

  /** Returns null for each command that Redis refuses. */
  async function run<Each>(
    on: Redis,
    each: Each[],
    add: (pipeline: ChainableCommander, one: Each) => void,
  ): Promise<unknown[]> {
    const pipeline = on.pipeline();
    for (const one of each) add(pipeline, one);
    const replies = (await pipeline.exec()) ?? [];
    return replies.map(([error, reply]) => {
      if (error && isForbidden(error)) lacks.add(explain(error));
      else if (error && !OF_ONE_KEY.test(error.message)) throw error;
      return error ? null : reply;
    });
  }
}

interface Numbers {
  ttl: number | null;
  memory: number | null;
}
