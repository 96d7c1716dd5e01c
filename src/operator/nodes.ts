/** The servers of the bound Redis, each asked over a connection of its own that reads no more than it may. */
import { Cluster, Command, type Redis } from 'ioredis';
import { type Address, type Connection, formatAddress } from '../connection.ts';
import { OPERATOR_REPLIES } from '../limits/budgets.ts';
import { createConcurrencyLimit } from '../limits/concurrency-limit.ts';
import { useOnce } from '../redis/client.ts';
import type { BoundRedis } from '../redis/bound-redis.ts';
import { listPrimaries } from '../redis/failovers.ts';
import { readServerInfo } from '../redis/server-info.ts';
import { tooMuchToShow } from './sentences.ts';

export interface Node {
  /** `host:port` */
  address: string;
  role: 'primary' | 'replica';
  /** The address of its primary, or its own. */
  primary: string;
  connection: Connection;
}

/** `renew` begins to count anew the bytes that Redis may answer: call it when earlier ones are not kept. */
type Ask<Answer> = (redis: Redis, node: Node, renew: () => void) => Promise<Answer>;
export type Nodes = ReturnType<typeof createNodes>;

/** An answer for the operator. */
class TooMuch extends Error {
  readonly status = 409;
  readonly expose = true;
  override message = tooMuchToShow(OPERATOR_REPLIES.size);
}

/** All functions that ask throw the errors of Redis, TooMuch, and an answer with 503 in a crowd. */
export function createNodes({ client, connection, tls }: BoundRedis) {
  const { atATime, patience, what } = OPERATOR_REPLIES;
  const takeTurn = createConcurrencyLimit(atATime, patience, what);

  return { list, nameOwner, slotOf, use, useReplica, useLong };

  /** Returns each primary, followed by its replicas. Throws when Redis is away. */
  async function list(): Promise<Node[]> {
    if (client instanceof Cluster) return listClusterNodes(client);
    const [found] = listPrimaries(client);
    if (!found) throw new Error('Connection is closed');
    const address = formatAddress(found.address);
    const primary = { address, role: 'primary', primary: address, connection } as const;
    const replicas = (await listReplicas()).map((replica) => toReplica(replica, address));
    return [primary, ...replicas];
  }

  /** Returns the address of the primary that has the key; null: there is only one. */
  function nameOwner(key: Buffer): string | null {
    if (!(client instanceof Cluster)) return null;
    const [owner] = client.slots[slotOf(key)!] ?? [];
    return owner ? formatAddress(parseAddress(owner)) : null;
  }

  function slotOf(key: Buffer): number | null {
    return client instanceof Cluster ? new Command('GET', [key]).getSlot() : null;
  }

  /** Asks a node, when it is this request's turn. */
  function use<Answer>(node: Node, ask: Ask<Answer>): Promise<Answer> {
    return takeTurn(() => useLong(node, ask));
  }

  /** Asks a replica of this primary, or the primary where no replica answers. */
  async function useReplica<Answer>(primary: Node, ask: Ask<Answer>): Promise<Answer> {
    const all = await list();
    const replica = all.find((node) => node.role === 'replica' && isOf(node, primary));
    if (!replica) return use(primary, ask);
    try {
      return await use(replica, ask);
    } catch (error) {
      if (error instanceof TooMuch) throw error;
      return use(primary, ask);
    }
  }

  /** Like `use`, for what takes long and keeps little in memory: it takes no turn. */
  function useLong<Answer>(node: Node, ask: Ask<Answer>): Promise<Answer> {
    return useOnce(node.connection, tls, async (client) => {
      const redis = client as Redis;
      const renew = limitBytes(redis);
      if (connection.kind === 'cluster' && node.role === 'replica') await redis.readonly();
      return ask(redis, node, renew);
    });
  }

  async function listReplicas(): Promise<Address[]> {
    if (connection.kind === 'replicated') return [connection.reader];
    if (connection.kind !== 'sentinel') return [];
    const info = await readServerInfo(client).catch(() => null);
    return (info?.replicas ?? []).filter(({ state }) => state === 'online');
  }

  function listClusterNodes({ slots }: Cluster): Node[] {
    const shards = new Map(slots.filter(Boolean).map((shard) => [shard[0]!, shard] as const));
    const ordered = [...shards.values()].sort(([one], [other]) => (one! < other! ? -1 : 1));
    return ordered.flatMap((shard) => {
      const [address, ...replicas] = shard.map(parseAddress);
      const primary = formatAddress(address!);
      return [
        { ...toReplica(address!, primary), role: 'primary' as const },
        ...replicas.map((replica) => toReplica(replica, primary)),
      ];
    });
  }

  function toReplica({ host, port }: Address, primary: string): Node {
    const { login, database } = connection;
    const own = { kind: 'standalone', node: { host, port }, login, database, tls: null } as const;
    return {
      address: formatAddress({ host, port }),
      role: 'replica',
      primary,
      connection: own,
    };
  }
}

export function isOf(node: Node, primary: Node): boolean {
  return node.primary === primary.address;
}

/**
 * Closes a connection on which more bytes arrive than a request may read: elements that are larger
 * than their key's average can be noticed only as they arrive.
 */
function limitBytes({ stream }: Redis): () => void {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > OPERATOR_REPLIES.size) stream.destroy(new TooMuch());
  });
  return () => {
    bytes = 0;
  };
}

/** Reads the name that ioredis gives a node of a Cluster, which has no brackets around IPv6. */
function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
