/** Reads from a replica where that is wanted, and from the primary where no replica answers. */
import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';

/** The value of a key; null when there is none. Throws what the primary throws. */
export type Read = (key: string) => Promise<Buffer | null>;

export function createRead(primary: RedisClient, replica: RedisClient | null): Read {
  if (!replica) return (key) => primary.getBuffer(key);

  return async (key) => {
    try {
      return await replica.getBuffer(key);
    } catch {
      return primary.getBuffer(key);
    }
  };
}

/** Whether a replica would be asked now. */
export function isReadFrom(replica: RedisClient | null): boolean {
  if (replica?.status !== 'ready') return false;
  return !(replica instanceof Cluster) || replica.nodes('slave').length > 0;
}
