/** A Cluster of three primaries that share the slots, each with a replica. */
import { randomUUID } from 'node:crypto';
import { findPort } from '../port.ts';
import { createFailOver } from './fail-over.ts';
import { hasReplicas, PROMPT } from './replicated.ts';
import type { RedisService } from './service.ts';
import { HOST, type Server, type Servers } from './servers.ts';

const PRIMARIES = 3;
const SLOTS = 16384;
/** Nodes speak to each other at a port that is so much higher. */
const BUS = 10_000;
const HIGHEST_PORT = 65535;

/** The credentials are those of SAP's broker. */
export async function startCluster(servers: Servers): Promise<RedisService> {
  const nodes = await startNodes(servers, randomUUID());
  await join(servers, nodes);

  const { port, password } = nodes[0]!;
  return {
    credentials: { cluster_mode: true, hostname: HOST, password, port, tls: false },
    failOver: createFailOver(servers, {
      findPrimary: () => findFirst(nodes[0]!),
      async findSuccessor(gone) {
        const others = nodes.filter((node) => node !== gone);
        const found = await Promise.all(others.map(findFirst));
        const areWell = await Promise.all(others.map(isWell));
        const isOver = areWell.every(Boolean) && found.every((one) => one === found[0]);
        return isOver && found[0] !== gone ? found[0]! : null;
      },
      // Its own file tells it of the others, and they tell it that its slots are theirs
      startAgain: (server) => server.startAgain(),
    }),
  };

  /** The primary of the first slots, as a node sees it. */
  async function findFirst(asked: Server): Promise<Server> {
    const ranges = (await asked.ask('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    const [, , [, port]] = ranges.find(([first]) => first === 0)!;
    return nodes.find((node) => node.port === port)!;
  }
}

async function startNodes(servers: Servers, password: string): Promise<Server[]> {
  const nodes = [];
  for (let number = 0; number < 2 * PRIMARIES; number++) {
    nodes.push({ name: `redis/${number}`, port: await findNodePort(), password });
  }
  const configuration = [
    'cluster-enabled yes',
    'cluster-node-timeout 1500',
    `masterauth ${password}`,
    ...PROMPT,
  ];
  return Promise.all(nodes.map((node) => servers.start({ ...node, configuration })));
}

async function findNodePort(): Promise<number> {
  for (;;) {
    const port = await findPort(0);
    if (port + BUS > HIGHEST_PORT) continue;
    const isFree = await findPort(port + BUS).catch(() => null);
    if (isFree) return port;
  }
}

/** What `redis-cli --cluster create` does. Resolves when all know it, replicas included. */
async function join(servers: Servers, nodes: Server[]): Promise<void> {
  const [primaries, replicas] = [nodes.slice(0, PRIMARIES), nodes.slice(PRIMARIES)];
  for (const [index, primary] of primaries.entries()) {
    await primary.ask('CLUSTER', 'ADDSLOTS', ...slotsOf(index));
    await primary.ask('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const { port } of nodes.slice(1)) await nodes[0]!.ask('CLUSTER', 'MEET', HOST, port);
  await untilAll(nodes, async (node) =>
    (await readState(node)).includes(`nodes:${nodes.length}\r`),
  );

  for (const [index, replica] of replicas.entries()) {
    await replica.ask(
      'CLUSTER',
      'REPLICATE',
      String(await primaries[index]!.ask('CLUSTER', 'MYID')),
    );
  }
  await untilAll(nodes, isWell);
  await untilAll(primaries, (primary) => hasReplicas(primary, 1));
  await untilAll(nodes, listsReplicas);

  async function untilAll(some: Server[], isDone: (node: Server) => Promise<boolean>) {
    await Promise.all(some.map((node) => servers.until(() => isDone(node), 'form a Cluster')));
  }
}

function slotsOf(index: number): number[] {
  const all = Array.from({ length: SLOTS }, (_, slot) => slot);
  return all.filter((slot) => Math.floor((slot * PRIMARIES) / SLOTS) === index);
}

/** Nodes tell the app of a replica only when it has told them that it has data. */
async function listsReplicas(node: Server): Promise<boolean> {
  const ranges = (await node.ask('CLUSTER', 'SLOTS')) as unknown[][];
  return ranges.every(([, , , ...replicas]) => replicas.length > 0);
}

async function isWell(node: Server): Promise<boolean> {
  return (await readState(node)).includes('cluster_state:ok');
}

async function readState(node: Server): Promise<string> {
  return String(await node.ask('CLUSTER', 'INFO'));
}
