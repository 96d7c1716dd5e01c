/** A primary with two replicas, one of them behind the reader endpoint. */
import { randomUUID } from 'node:crypto';
import { findPort } from '../port.ts';
import { Problem } from '../../command-line/problem.ts';
import type { RedisService } from './service.ts';
import { HOST, type Server, type Servers } from './servers.ts';

const REPLICAS = [1, 2];

/** Replicas are up within a second or two instead of ten. */
export const PROMPT = ['repl-diskless-sync-delay 0', 'repl-ping-replica-period 1'];

/** The credentials are those of the Cloud Service Broker for AWS. */
export async function startReplicated(servers: Servers): Promise<RedisService> {
  const { primary, replicas } = await startReplicas(servers);
  const { port, password } = primary;
  const reader_endpoint = `${HOST}:${replicas[0]!.port}`;
  return {
    credentials: { name: 'redis', host: HOST, port, password, reader_endpoint },
    failOver: refuseFailOver,
  };
}

/** Resolves when the replicas have what the primary has. The primary is named first. */
export async function startReplicas(servers: Servers) {
  const password = randomUUID();
  const start = async (number: number, configuration: string[]) =>
    servers.start({ name: `redis/${number}`, port: await findPort(0), password, configuration });
  // Any of them may be the primary one day
  const ofAll = [`masterauth ${password}`, ...PROMPT];

  const primary = await start(0, ofAll);
  const ofReplicas = [...ofAll, `replicaof ${HOST} ${primary.port}`];
  const replicas = await Promise.all(REPLICAS.map((number) => start(number, ofReplicas)));
  await servers.until(() => hasReplicas(primary, REPLICAS.length), 'bring its replicas up');
  return { primary, replicas };
}

/** True when it is a primary and has heard of so many replicas that they have its data. */
export async function hasReplicas(server: Server, count: number): Promise<boolean> {
  const info = String(await server.ask('INFO', 'replication'));
  return (
    info.includes('role:master') && (info.match(/state=online,offset=[1-9]/g) ?? []).length >= count
  );
}

async function refuseFailOver(): Promise<never> {
  throw new Problem(
    'The binding names this primary by its address, and an app could not follow another one: ' +
      'AWS moves the name to the new primary, which an address cannot. ' +
      'Start the foundry with --redis sentinel or --redis cluster.',
  );
}
