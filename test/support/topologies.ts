/** Starts several real Redis servers that belong together: replicated, with Sentinels, in a Cluster. */
import { Redis } from 'ioredis';
import { startNodes } from '../../src/lab/redis/cluster.ts';
import type { Encryption } from '../../src/lab/redis/encryption.ts';
import { startReplicas } from '../../src/lab/redis/replicas.ts';
import * as sentinel from '../../src/lab/redis/sentinel.ts';
import { stopAtEnd } from './cleanup.ts';
import { asRedisServer, type RedisServer, useServers } from './redis-server.ts';

export const PASSWORD = 's3cret';
export const SENTINEL_PASSWORD = 's3ntinel';

/** A primary and its replica, once the replica has its first data. */
export async function startReplicated(encryption: Encryption | null = null) {
  const servers = await useServers();
  const common = { password: PASSWORD, encryption };
  const { primary, replicas } = await startReplicas(servers, { ...common, count: 1 });
  return { primary: asRedisServer(primary), replica: asRedisServer(replicas[0]!) };
}

export type Replicated = Awaited<ReturnType<typeof startReplicated>>;

interface SentinelOptions {
  sentinelPassword?: string | null;
  encryption?: Encryption | null;
}

/**
 * Three sentinels that watch a primary with one replica, and know of each other. Others may watch
 * it as well, by another name.
 */
export async function startSentinels(
  masterName: string,
  { primary }: Replicated,
  { sentinelPassword = SENTINEL_PASSWORD, encryption = null }: SentinelOptions = {},
): Promise<RedisServer[]> {
  const watch = { password: sentinelPassword ?? '', replicas: 1, encryption, downAfter: 500 };
  const watched = { port: primary.port, password: PASSWORD };
  const all = await sentinel.startSentinels(await useServers(), masterName, watched, watch);
  return all.map(asRedisServer);
}

/** Three primaries that share the slots, each with a replica. */
export async function startCluster(encryption: Encryption | null = null) {
  const configuration = ['cluster-replica-no-failover yes'];
  const common = { password: PASSWORD, encryption, configuration };
  const { primaries, replicas } = await startNodes(await useServers(), common);
  // As patient as by default, for what the tests do with them
  const all = [...primaries, ...replicas];
  await Promise.all(all.map((node) => node.ask('CONFIG', 'SET', 'cluster-node-timeout', 15_000)));
  return { primaries: primaries.map(asRedisServer), replicas: replicas.map(asRedisServer) };
}

/** A client of the test's own, which leaves at the end of the suite. */
export function connectWithPassword(
  { host, port }: RedisServer,
  encryption: Encryption | null = null,
  password: string | null = PASSWORD,
): Redis {
  const tls = encryption ? { ca: encryption.ca } : undefined;
  const client = new Redis({
    host,
    port,
    password: password ?? undefined,
    tls,
    // For a server that is gone, it would wait for two seconds after the end of the suite
    disconnectTimeout: 100,
  });
  stopAtEnd(async () => client.disconnect());
  return client;
}
