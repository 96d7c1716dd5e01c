/** A Cluster of three primaries that share the slots, each with a replica. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../command-line/problem.ts';
import { findPort } from '../processes/port.ts';
import { startProcess } from '../processes/process.ts';
import { createFailOver, type RedisService } from './fail-over.ts';
import { type Common, hasReplicas, PROMPT } from './replicas.ts';
import { HOST, type Server, type Servers } from './servers.ts';

const NODES = [0, 1, 2, 3, 4, 5];
/** Nodes speak to each other at a port that is so much higher. */
const BUS = 10_000;

/** A range of slots as CLUSTER SLOTS has it: first, last, and [host, port] of primary and replica. */
type Range = [number, number, [string, number], [string, number]?];

/** The credentials are those of SAP's broker. */
export async function startCluster(servers: Servers): Promise<RedisService> {
  const { primaries, replicas } = await startNodes(servers);
  const nodes = [...primaries, ...replicas];
  const { port, password } = nodes[0]!;
  return {
    credentials: { cluster_mode: true, hostname: HOST, password, port, tls: false },
    ...createFailOver(servers, {
      findPrimary: () => findFirst(nodes[0]!),
      async findSuccessor(gone) {
        const others = nodes.filter((node) => node !== gone);
        const found = await Promise.all(others.map(findFirst));
        const areWell = await Promise.all(others.map(isWell));
        const isOver = areWell.every(Boolean) && found.every((one) => one === found[0]);
        return isOver && found[0] !== gone ? found[0]! : null;
      },
      // Its own file names the others, and they report that its slots are theirs
      startAgain: (server) => server.startAgain(),
    }),
  };

  /** The primary of the first slots, as a node sees it. */
  async function findFirst(asked: Server): Promise<Server> {
    const [, , [, port]] = (await readRanges(asked)).find(([first]) => first === 0)!;
    return nodes.find((node) => node.port === port)!;
  }
}

/**
 * Resolves when all nodes know all others, and replicas have what their primaries have. The lists
 * are in the order of the slots: the replica of a primary has the same index.
 */
export async function startNodes(
  servers: Servers,
  {
    password = randomUUID(),
    encryption,
    configuration = [],
  }: Common & { configuration?: string[] } = {},
) {
  const lines = [
    'cluster-enabled yes',
    'cluster-node-timeout 1500',
    `masterauth ${password}`,
    ...(encryption ? ['tls-cluster yes'] : []),
    ...PROMPT,
    ...configuration,
  ];
  const common = { password, encryption, configuration: lines };
  const ports = new Set<number>();
  while (ports.size < NODES.length) ports.add(await findNodePort());
  const nodes = await Promise.all(
    [...ports].map((port, number) => servers.start({ name: `redis/${number}`, port, ...common })),
  );
  await join(servers, nodes, { password, encryption });

  const untilAll = (some: Server[], isDone: (node: Server) => Promise<boolean>) =>
    Promise.all(some.map((node) => servers.until(() => isDone(node), 'forms a Cluster')));
  await untilAll(nodes, isWell);
  await untilAll(nodes, listsReplicas);
  const ranges = (await readRanges(nodes[0]!)).sort(([first], [other]) => first - other);
  const serverAt = ([, port]: [string, number]) => nodes.find((node) => node.port === port)!;
  const primaries = ranges.map(([, , primary]) => serverAt(primary));
  const replicas = ranges.map(([, , , replica]) => serverAt(replica!));
  await untilAll(primaries, (primary) => hasReplicas(primary, 1));
  return { primaries, replicas };
}

/** A free port for a node of a Cluster, whose bus takes another one. */
export async function findNodePort(): Promise<number> {
  for (;;) {
    const port = await findPort(0);
    const isFree = await findPort(port + BUS).catch(() => null);
    if (isFree) return port;
  }
}

async function join(
  { directory }: Servers,
  nodes: Server[],
  { password, encryption }: Common,
): Promise<void> {
  const addresses = nodes.map(({ port }) => `${HOST}:${port}`);
  const words = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
  const tls = encryption ? ['--tls', '--cacert', encryption.caFile] : [];
  const env = { PATH: process.env.PATH, REDISCLI_AUTH: password };
  const command = ['redis-cli', ...words, ...tls] as const;
  const output: string[] = [];
  const start = { name: 'redis-cli', command, cwd: directory, env };
  const child = await startProcess(start, (line) => output.push(line));
  const end = await child.ended;
  if (end !== 'exit code 0') {
    throw new Problem(`redis-cli did not create the Cluster (${end}):\n\n${output.join('\n')}`);
  }
}

/** Nodes name a replica to the app only when it has reported to them that it has data. */
async function listsReplicas(node: Server): Promise<boolean> {
  const ranges = await readRanges(node);
  return ranges.length === 3 && ranges.every(([, , , ...replicas]) => replicas.length > 0);
}

async function readRanges(node: Server): Promise<Range[]> {
  return (await node.ask('CLUSTER', 'SLOTS')) as Range[];
}

async function isWell(node: Server): Promise<boolean> {
  return String(await node.ask('CLUSTER', 'INFO')).includes('cluster_state:ok');
}
