/** Waits until replicas have what was written, for those who ask for it (REDIS_WAIT_REPLICAS). */
import { Cluster, Command, type Redis } from 'ioredis';
import { formatAddress } from '../connection.ts';
import type { RedisClient } from './client.ts';
import { listPrimaries } from './failovers.ts';

/**
 * Four fit into the second within which a request is answered: a request that reads a session and
 * writes it may find a WAIT of others before either, and one more before its own.
 */
const TIMEOUT = 150; // milliseconds

/**
 * To be called as soon as the keys are written, or without any for all primaries. Throws an answer
 * for the client when too few replicas have confirmed in time.
 */
export type Confirm = (...keys: string[]) => Promise<void>;

/** An answer for the client. */
class Unconfirmed extends Error {
  readonly status = 503;
  readonly expose = true;
  readonly headers = { 'Retry-After': '1' };
}

/**
 * WAIT speaks of what its own connection has written, and holds up all that comes after it there:
 * the client should be one for writes alone.
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

  /** After a write, the slot is known to be of the node that took it, even if it has just moved. */
  function nodeOf(key: string): Redis | undefined {
    if (!(redis instanceof Cluster)) return redis;
    const [address] = redis.slots[new Command('GET', [key]).getSlot()] ?? [];
    return listPrimaries(redis).find((one) => formatAddress(one.address) === address)?.node;
  }

  async function waitAt(node: Redis | undefined): Promise<number> {
    if (!node) return 0;
    const wait = waits.get(node) ?? createWait(node, replicas);
    waits.set(node, wait);
    return wait();
  }
}

/** Returns a function that resolves to how many replicas have all that was written before. */
function createWait(node: Redis, replicas: number): () => Promise<number> {
  let underWay: Promise<number> | null = null;
  let next: Promise<number> | null = null;

  return async () => {
    const { stream } = node;
    const count = await share();
    // A new connection has written nothing, and knows nothing of what the old one has
    return node.stream === stream ? count : 0;
  };

  /** One WAIT at a time, and one more for all who come meanwhile. */
  function share(): Promise<number> {
    if (!underWay) return send();
    next ??= underWay.then(send);
    return next;
  }

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
