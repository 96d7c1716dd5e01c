/** Reads from replicas (REDIS_READS=replica), or from the primary where that fails. */
import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';

/** Reads at a replica, or at the primary if that fails. Throws what the primary throws. */
export async function readAtReplica<Reply>(
  replica: RedisClient,
  primary: RedisClient,
  read: (redis: RedisClient) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await read(replica);
  } catch {
    return read(primary);
  }
}

/** Returns true if reads reach a replica now. A Cluster without replicas reads at its primaries. */
export function isReplicaAsked(replica: RedisClient | null): boolean {
  if (replica?.status !== 'ready') return false;
  return !(replica instanceof Cluster) || replica.nodes('slave').length > 0;
}
