/** What a Redis server says of itself. */
import { Cluster } from 'ioredis';
import type { RedisClient } from './client.ts';

export interface ServerInfo {
  version: string | null;
  role: string | null;
  /** Bytes. */
  usedMemory: number | null;
  /** Bytes; 0 for no limit. */
  maxMemory: number | null;
}

/** Of a Cluster, one of the primaries answers. Throws when Redis does not answer INFO. */
export async function readServerInfo(redis: RedisClient): Promise<ServerInfo> {
  const node = redis instanceof Cluster ? redis.nodes('master')[0] : redis;
  if (!node) throw new Error('Cluster has no primary');

  const fields = parseInfo(await node.info());
  return {
    version: fields.get('valkey_version') ?? fields.get('redis_version') ?? null,
    role: fields.get('role') ?? null,
    usedMemory: toNumber(fields.get('used_memory')),
    maxMemory: toNumber(fields.get('maxmemory')),
  };
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => line.split(/:(.*)/s, 2) as [string, string]));
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
