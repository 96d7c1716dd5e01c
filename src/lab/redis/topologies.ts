/** The Redis service of an app, in one of the shapes that brokers offer. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../command-line/problem.ts';
import { startCluster } from './cluster.ts';
import { createEncryption } from './encryption.ts';
import type { RedisService } from './fail-over.ts';
import { startReplicas } from './replicas.ts';
import { startSentinel } from './sentinel.ts';
import { createRevival } from './revival.ts';
import { HOST, type Servers } from './servers.ts';
import type { TOPOLOGIES } from './topology-names.ts';

export type RedisTopology = (typeof TOPOLOGIES)[number];

/** As long as an instance of the app is away. */
const SHORT_PAUSE = 1000; // milliseconds

const STARTS: Record<RedisTopology, (servers: Servers) => Promise<RedisService>> = {
  standalone: startStandalone,
  tls: startTls,
  replicated: startReplicated,
  sentinel: startSentinel,
  cluster: startCluster,
};

/** Resolves when all servers are up, and replicas have what their primaries have. */
export function startRedis(topology: RedisTopology, servers: Servers): Promise<RedisService> {
  return STARTS[topology](limitMemory(servers));
}

/** Binds the app to a Redis of that topology: see `withFoundry`. */
export function bindRedis(topology: RedisTopology): (servers: Servers) => Promise<RedisService> {
  return (servers) => startRedis(topology, servers);
}

/** The walk-through's plan has 250 MB. */
function limitMemory(servers: Servers): Servers {
  const limit = (configuration: string[] = []) => ['maxmemory 262144000', ...configuration];
  const start: Servers['start'] = (plan) =>
    servers.start(plan.isSentinel ? plan : { ...plan, configuration: limit(plan.configuration) });
  return { ...servers, start };
}

/** One server of the walk-through's plan: with a password, on loopback, in memory only. */
async function startStandalone(servers: Servers): Promise<RedisService> {
  const { port, password } = await servers.start({ name: 'redis', password: randomUUID() });
  return {
    credentials: { host: HOST, password, port },
    failOver: refuseWithOneServer,
    revive: reviveInPlace(servers),
  };
}

/** Its credentials are those of SAP's broker. */
async function startTls(servers: Servers): Promise<RedisService> {
  const encryption = await createEncryption(servers.directory);
  const plan = { name: 'redis', password: randomUUID(), encryption };
  const { port, password } = await servers.start(plan);
  const tls = { host: HOST, port, server_ca: encryption.ca };
  return {
    credentials: { cluster_mode: false, hostname: HOST, password, port, tls },
    failOver: refuseWithOneServer,
    revive: reviveInPlace(servers),
  };
}

/** A reader endpoint names one of the replicas. The credentials are those of the broker for AWS. */
async function startReplicated(servers: Servers): Promise<RedisService> {
  const { primary, replicas } = await startReplicas(servers);
  const { port, password } = primary;
  const reader_endpoint = `${HOST}:${replicas[0]!.port}`;
  return {
    credentials: { name: 'redis', host: HOST, port, password, reader_endpoint },
    failOver: refuseWithFixedPrimary,
    revive: reviveInPlace(servers),
  };
}

/** With the same port and password. */
function reviveInPlace(servers: Servers): RedisService['revive'] {
  return createRevival(servers, SHORT_PAUSE, (server) => server.startAgain()).revive;
}

async function refuseWithOneServer(): Promise<never> {
  throw new Problem(
    'This Redis is one server: nothing could take over. Start the foundry with --redis sentinel or --redis cluster.',
  );
}

async function refuseWithFixedPrimary(): Promise<never> {
  throw new Problem(
    'The binding names this primary by its address, and an app could not follow another one: ' +
      'AWS moves the name to the new primary, which an address cannot. ' +
      'Start the foundry with --redis sentinel or --redis cluster.',
  );
}
