/** Lists the servers that take writes, and notices failovers. */
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

/** Returns all primaries of a Cluster; otherwise the server that the client is connected to, if any. */
export function listPrimaries(redis: RedisClient): Primary[] {
  if (!(redis instanceof Cluster))
    return redis.stream ? [{ address: peer(redis), node: redis }] : [];
  return redis.nodes('master').map((node) => ({ address: dialled(node), node }));
}

/** Notices when the client connects to another primary, or finds another one in a Cluster. */
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

/** Behind Sentinel, the address of the primary is not in the binding: only the socket knows it. */
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
