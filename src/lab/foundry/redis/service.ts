/** The Redis service that a foundry binds to its app, in one of the shapes that brokers offer. */
import type { RedisTopology } from '../arguments.ts';
import { startCluster } from './cluster.ts';
import { startReplicated } from './replicated.ts';
import { startSentinel } from './sentinel.ts';
import type { Servers } from './servers.ts';
import { startStandalone } from './standalone.ts';
import { startTls } from './tls.ts';

export interface RedisService {
  /** As a broker writes them. */
  credentials: object;
  /**
   * Kills a primary and resolves, when another server takes its writes, to what happened. The
   * killed one comes back some seconds later, as a replica. Rejects with a problem where nothing
   * can take over.
   */
  failOver(): Promise<string>;
}

const STARTS: Record<RedisTopology, (servers: Servers) => Promise<RedisService>> = {
  standalone: startStandalone,
  tls: startTls,
  replicated: startReplicated,
  sentinel: startSentinel,
  cluster: startCluster,
};

/** Resolves when all of it is up, and its replicas have what their primaries have. */
export function startRedis(topology: RedisTopology, servers: Servers): Promise<RedisService> {
  return STARTS[topology](servers);
}
