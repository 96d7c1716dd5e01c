/** A primary with its replicas. */
import { randomUUID } from 'node:crypto';
import type { Encryption } from './encryption.ts';
import { HOST, type Server, type Servers } from './servers.ts';

/** All servers of a service have these in common. */
export interface Common {
  password?: string;
  encryption?: Encryption | null;
}

/** Replicas are up within a second or two instead of ten. */
export const PROMPT = ['repl-diskless-sync-delay 0', 'repl-ping-replica-period 1'];

/** Resolves when the replicas have what the primary has. The primary is named first. */
export async function startReplicas(
  servers: Servers,
  { count = 2, password = randomUUID(), encryption }: Common & { count?: number } = {},
) {
  // Any of them may be the primary one day
  const ofAll = [`masterauth ${password}`, ...PROMPT];
  const start = (number: number, configuration: string[]) =>
    servers.start({ name: `redis/${number}`, password, configuration, encryption });

  const primary = await start(0, ofAll);
  const ofReplicas = [...ofAll, `replicaof ${HOST} ${primary.port}`];
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const replicas = await Promise.all(numbers.map((number) => start(number, ofReplicas)));
  await servers.until(() => hasReplicas(primary, count), 'brings its replicas up');
  return { primary, replicas };
}

/** Returns whether it is a primary to which so many replicas have confirmed that they have its data. */
export async function hasReplicas(server: Server, count: number): Promise<boolean> {
  const info = String(await server.ask('INFO', 'replication'));
  const confirmed = info.match(/state=online,offset=[1-9]/g) ?? [];
  return info.includes('role:master') && confirmed.length >= count;
}
