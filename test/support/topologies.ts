/** Several real Redis processes that belong together. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createAuthority } from './certificates.ts';
import { stopAtEnd } from './cleanup.ts';
import { freePort, type RedisOptions, type RedisServer, startRedis } from './redis-server.ts';
import { until } from './until.ts';

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
) {
  const directory = await mkdtemp(join(tmpdir(), 'sentinels-'));
  const sentinels = await Promise.all([1, 2, 3].map(startSentinel));
  await Promise.all(sentinels.map(untilItKnowsAll));
  return sentinels;

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
  const [primaries, replicas] = [nodes.slice(0, 3), nodes.slice(3)];
  // As redis-cli does, which waits for whole seconds
  await Promise.all(primaries.map(giveSlots));
  await Promise.all(nodes.map(meetOthers));
  await untilAll(nodes, /^(?!.*handshake)(.+\n){6}$/s, async (client) =>
    String(await client.cluster('NODES')),
  );
  await Promise.all(replicas.map(follow));
  await untilAll(nodes, /cluster_state:ok/, (client) => client.cluster('INFO'));
  await untilAll(primaries, /state=online,offset=[1-9]/);
  await untilAll(replicas, /master_link_status:up/);
  // Nodes tell of a replica only when it has told them that it has data
  await untilAll(nodes, /^12$/, async (client) =>
    String((await client.cluster('SLOTS')).flat().length),
  );
  // From here on, as patient as by default
  await Promise.all(
    nodes.map(({ client }) => client.config('SET', 'cluster-node-timeout', 15_000)),
  );
  return {
    primaries: primaries.map(({ server }) => server),
    replicas: replicas.map(({ server }) => server),
  };

  async function startNode() {
    // By default it would be so high above the other port that there may be none
    const bus = String(await freePort());
    // They tell each other of all they know twice in that time
    const prompt = ['--cluster-node-timeout', '1000', '--cluster-replica-no-failover', 'yes'];
    const tls = encryption ? ['--tls-cluster', 'yes'] : [];
    const args = ['--cluster-enabled', 'yes', '--cluster-port', bus, ...prompt, ...tls];
    const server = await startServer(encryption, { args });
    return { server, bus, client: connectWithPassword(server, encryption) };
  }

  async function giveSlots({ client }: Node, index: number) {
    const first = (number: number) => Math.ceil((number * 16384) / 3);
    await client.call('CLUSTER', 'ADDSLOTSRANGE', first(index), first(index + 1) - 1);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }

  async function meetOthers({ client }: Node, index: number) {
    for (const { server, bus } of nodes.slice(index + 1))
      await client.call('CLUSTER', 'MEET', server.host, server.port, bus);
  }

  async function follow({ client }: Node, index: number) {
    await client.call('CLUSTER', 'REPLICATE', await primaries[index]!.client.cluster('MYID'));
  }
}

interface Node {
  server: RedisServer;
  bus: string;
  client: Redis;
}

async function untilAll(nodes: Node[], wanted: RegExp, ask?: (client: Redis) => Promise<string>) {
  await Promise.all(
    nodes.map(({ client }) => untilInfo(client, wanted, ask && (() => ask(client)))),
  );
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

/** Asks until the server is as wanted: it has no event for that. */
async function untilInfo(
  client: Redis,
  wanted: RegExp,
  ask: () => Promise<string> = () => client.info('replication'),
): Promise<void> {
  const what = `the server at port ${client.options.port} says ${wanted}`;
  await until(what, async () => wanted.test(await ask()), 30_000);
}
