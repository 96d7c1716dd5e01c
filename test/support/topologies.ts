/** Several real Redis processes that belong together. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createAuthority } from './certificates.ts';
import { stopAtEnd } from './cleanup.ts';
import { freePort, type RedisOptions, type RedisServer, startRedis } from './redis-server.ts';

export const PASSWORD = 's3cret';
export const SENTINEL_PASSWORD = 's3ntinel';

/** TLS between all servers, and for their clients. */
export interface Encryption {
  /** In PEM. */
  ca: string;
  caFile: string;
  args: string[];
}

/** With a certificate for 127.0.0.1. */
export async function createEncryption(): Promise<Encryption> {
  const authority = await createAuthority();
  const { certificate, key } = await authority.issue('redis', 'IP:127.0.0.1');
  const { ca, caFile } = authority;
  const own = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', caFile];
  return { ca, caFile, args: [...own, '--tls-auth-clients', 'no', '--tls-replication', 'yes'] };
}

/** A primary and its replica, once the replica has its first data. */
export async function startReplicated(encryption: Encryption | null = null) {
  const start = (args: string[]) => startServer(encryption, { args });
  const primary = await start([]);
  const replica = await start(['--replicaof', `127.0.0.1 ${primary.port}`]);
  await untilInfo(connectWithPassword(replica, encryption), /master_link_status:up/);
  // It confirms nothing before the primary has heard of it once
  await untilInfo(connectWithPassword(primary, encryption), /state=online,offset=[1-9]/);
  return { primary, replica };
}

interface SentinelOptions {
  sentinelPassword?: string | null;
  encryption?: Encryption | null;
}

/** Three sentinels that watch a primary with one replica, and know of each other. */
export async function startSentinels(
  masterName: string,
  { sentinelPassword = SENTINEL_PASSWORD, encryption = null }: SentinelOptions = {},
) {
  const { primary, replica } = await startReplicated(encryption);
  const directory = await mkdtemp(join(tmpdir(), 'sentinels-'));
  const sentinels = await Promise.all([1, 2, 3].map(startSentinel));
  await Promise.all(sentinels.map(untilItKnowsAll));
  return { primary, replica, sentinels };

  async function startSentinel(number: number) {
    const file = join(directory, `${number}.conf`);
    const lines = [
      `sentinel monitor ${masterName} 127.0.0.1 ${primary.port} 2`,
      `sentinel auth-pass ${masterName} ${PASSWORD}`,
      `sentinel down-after-milliseconds ${masterName} 500`,
    ];
    if (sentinelPassword) lines.push(`requirepass ${sentinelPassword}`);
    if (sentinelPassword) lines.push(`sentinel sentinel-pass ${sentinelPassword}`);
    await writeFile(file, lines.join('\n'));
    const args = ['--sentinel', ...(encryption?.args ?? [])];
    return startRedis({ configFile: file, args, tls: encryption !== null });
  }

  async function untilItKnowsAll(sentinel: RedisServer) {
    const client = connectWithPassword(sentinel, encryption, sentinelPassword);
    const ask = async () => String(await client.call('SENTINEL', 'MASTER', masterName));
    await untilInfo(client, /num-slaves,1,num-other-sentinels,2/, ask);
  }
}

/** Three primaries that share the slots, each with a replica. */
export async function startCluster(encryption: Encryption | null = null) {
  const nodes = await Promise.all([1, 2, 3, 4, 5, 6].map(startNode));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const login = ['-a', PASSWORD, '--no-auth-warning'];
  const tls = encryption ? ['--tls', '--cacert', encryption.caFile] : [];
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
  await promisify(execFile)('redis-cli', [...login, ...tls, ...create]);
  const clients = nodes.map((node) => connectWithPassword(node, encryption));
  for (const client of clients) {
    await untilInfo(client, /cluster_state:ok/, () => client.cluster('INFO'));
    await untilInfo(
      client,
      /role:master[^]*state=online,offset=[1-9]|role:slave[^]*master_link_status:up/,
    );
    // Nodes tell of a replica only when it has told them that it has data
    const countListed = async () => String((await client.cluster('SLOTS')).flat().length);
    await untilInfo(client, /^12$/, countListed);
  }
  const roles = await Promise.all(clients.map((client) => client.role()));
  const having = (role: string) => nodes.filter((_, index) => roles[index]![0] === role);
  return { primaries: having('master'), replicas: having('slave') };

  async function startNode() {
    // By default it would be so high above the other port that there may be none
    const bus = ['--cluster-port', String(await freePort())];
    const tls = encryption ? ['--tls-cluster', 'yes'] : [];
    return startServer(encryption, { args: ['--cluster-enabled', 'yes', ...bus, ...tls] });
  }
}

/** With the password, for its clients as for its primary. */
function startServer(encryption: Encryption | null, { args = [] }: RedisOptions) {
  const login = ['--masterauth', PASSWORD];
  const prompt = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
  const all = [...login, ...prompt, ...args, ...(encryption?.args ?? [])];
  return startRedis({ password: PASSWORD, args: all, tls: encryption !== null });
}

/** A client of the test's own, which leaves at the end of the suite. */
export function connectWithPassword(
  { host, port }: RedisServer,
  encryption: Encryption | null = null,
  password: string | null = PASSWORD,
): Redis {
  const tls = encryption ? { ca: encryption.ca } : undefined;
  const client = new Redis({ host, port, password: password ?? undefined, tls });
  stopAtEnd(async () => client.disconnect());
  return client;
}

/** Asks until the server is as wanted: it has no event for that. */
async function untilInfo(
  client: Redis,
  wanted: RegExp,
  ask: () => Promise<string> = () => client.info('replication'),
): Promise<void> {
  while (!wanted.test(await ask()));
}
