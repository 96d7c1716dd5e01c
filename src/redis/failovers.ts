/** The servers that take writes now, and the moment at which they were others. */
import { Cluster, type Redis } from 'ioredis';
import { type Address, formatAddress } from '../connection.ts';
import type { RedisClient } from './client.ts';
import type { Clock } from './clock.ts';

export interface Primary {
  /** As this app reaches it. */
  address: Address;
  node: Redis;
}

export interface Failovers {
  /** The last one that this instance has noticed. */
  last: { at: Date; from: string; to: string } | null;
}

/** Of a Cluster, all; otherwise the server to which the client is connected, if it is. */
export function listPrimaries(redis: RedisClient): Primary[] {
  if (!(redis instanceof Cluster))
    return redis.stream ? [{ address: peer(redis), node: redis }] : [];
  return redis.nodes('master').map((node) => ({ address: dialled(node), node }));
}

/** Notices it when the client is connected to another primary, or finds others in a Cluster. */
export function watchFailovers(redis: RedisClient, clock: Clock): Failovers {
  const failovers: Failovers = { last: null };
  let before: string[] = [];

  redis.on(redis.isCluster ? 'refresh' : 'ready', () => {
    const now = listPrimaries(redis).map(({ address }) => formatAddress(address));
    const from = before.find((address) => !now.includes(address));
    const to = now.find((address) => !before.includes(address));
    if (from && to) failovers.last = { at: new Date(clock.now()), from, to };
    before = now;
  });
  return failovers;
}

/** Sentinel alone knows who the primary is: the binding does not. */
function peer(redis: Redis): Address {
  const { remoteAddress = '', remotePort = 0 } = redis.stream as {
    remoteAddress?: string;
    remotePort?: number;
  };
  return redis.options.sentinels ? { host: remoteAddress, port: remotePort } : dialled(redis);
}

function dialled({ options: { host = '', port = 0 } }: Redis): Address {
  return { host, port };
}
