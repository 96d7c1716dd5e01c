/** Waits until replicas have a write (REDIS_WAIT_REPLICAS). */
import { Cluster, Command, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { listPrimaries } from './failovers.ts';

/**
 * Four of these fit into the second within which a request is answered: a request that reads and
 * writes a session may have to wait for a WAIT of another request before each, and before its own.
 */
const TIMEOUT = 150; // milliseconds

/**
 * Call it right after writing these keys; without keys, it asks all primaries. Throws an answer for the
 * client when too few replicas have confirmed in time.
 */
export type Confirm = (...keys: string[]) => Promise<void>;

/** An answer for the client. */
export class Unconfirmed extends Error {
  readonly status = 503;
  readonly expose = true;
  readonly headers = { 'Retry-After': '1' };
}

/**
 * WAIT counts the writes of its own connection, and holds up all that follows on it: pass the client
 * that writes, and use it for nothing else.
 */
export function createConfirm(redis: RedisClient, replicas: number): Confirm {
  const waits = new WeakMap<Redis, () => Promise<number>>();

  return async (...keys) => {
    const nodes = keys.length > 0 ? keys.map(nodeOf) : listPrimaries(redis).map(({ node }) => node);
    const counts = await Promise.all([...new Set(nodes)].map(waitAt));
    if (counts.length > 0 && counts.every((count) => count >= replicas)) return;
    const wanted = replicas === 1 ? 'no replica has' : `fewer than ${replicas} replicas have`;
    throw new Unconfirmed(
      `the write is in Redis, but ${wanted} confirmed it within ${TIMEOUT} ms: it is lost if the primary fails now (REDIS_WAIT_REPLICAS)`,
    );
  };

  /** After a write, ioredis knows which node has the slot, even if it has just moved. */
  function nodeOf(key: string): Redis | undefined {
    if (!(redis instanceof Cluster)) return redis;
    const [name] = redis.slots[new Command('GET', [key]).getSlot()] ?? [];
    // As ioredis writes it: an IPv6 address has no brackets
    return listPrimaries(redis).find(({ address: { host, port } }) => `${host}:${port}` === name)
      ?.node;
  }

  async function waitAt(node: Redis | undefined): Promise<number> {
    if (!node) return 0;
    const wait = waits.get(node) ?? createWait(node, replicas);
    waits.set(node, wait);
    return wait();
  }
}

/** Returns a function that resolves to the number of replicas that have all earlier writes. */
function createWait(node: Redis, replicas: number): () => Promise<number> {
  let underWay: Promise<number> | null = null;
  let next: Promise<number> | null = null;

  /** Sends one WAIT at a time, and one more for all callers that arrive meanwhile. */
  return () => {
    if (!underWay) return send();
    next ??= underWay.then(send);
    return next;
  };

  /** Fails with its connection: as the first command of a new one, WAIT counts none of the writes. */
  function send(): Promise<number> {
    next = null;
    const sent = node.wait(replicas, TIMEOUT).catch(() => 0);
    underWay = sent;
    void sent.then(() => {
      if (underWay === sent && !next) underWay = null;
    });
    return sent;
  }
}
