/** Reads the facts about a Redis server (INFO). */
import type { Address } from '../connection.ts';
import type { RedisClient } from './client.ts';
import { listPrimaries, type Primary } from './failovers.ts';
import { type Fields, listReplicas, parseInfo, toNumber } from './info.ts';

export interface ServerInfo {
  version: string | null;
  role: 'primary' | 'replica' | null;
  /** Bytes. */
  usedMemory: number | null;
  /** Bytes; 0 for no limit. */
  maxMemory: number | null;
  /** maxmemory-policy; in a Cluster, the first one that evicts. */
  evictionPolicy: string | null;
  clients: number | null;
  commandsPerSecond: number | null;
  /** From 0 to 1, since the server started; null if no key was looked up. */
  hitRate: number | null;
  /** The servers that take writes, and answer. When the app is bound to a replica, that replica. */
  primaries: Address[];
  replicas: Replica[];
  /** The time of the last snapshot; null if none was saved since the server started. */
  lastSave: Date | null;
}

interface Replica extends Address {
  primary: Address;
  state: string;
  /** Seconds since its last message. */
  lag: number | null;
  /** Bytes that its primary has written and it has not. */
  behind: number;
}

/**
 * In a Cluster, replicas are listed for all primaries; all other facts are those of one primary. Throws
 * when Redis does not answer INFO.
 */
export async function readServerInfo(redis: RedisClient): Promise<ServerInfo> {
  const primaries = listPrimaries(redis);
  const infos = await Promise.allSettled(primaries.map(readInfo));
  const answered = infos.filter((info) => info.status === 'fulfilled').map(({ value }) => value);
  const [first] = answered;
  if (!first) throw infos.find((info) => info.status === 'rejected')?.reason ?? NO_PRIMARY;

  const { fields } = first;
  return {
    version: fields.valkey_version ?? fields.redis_version ?? null,
    role: readRole(fields.role),
    usedMemory: toNumber(fields.used_memory),
    maxMemory: toNumber(fields.maxmemory),
    evictionPolicy: readEvictionPolicy(answered),
    clients: toNumber(fields.connected_clients),
    commandsPerSecond: toNumber(fields.instantaneous_ops_per_sec),
    hitRate: readHitRate(fields),
    primaries: answered.map(({ address }) => address),
    replicas: answered.flatMap(readReplicas),
    lastSave: readLastSave(fields),
  };
}

const NO_PRIMARY = new Error('Cluster has no primary');

interface Info {
  address: Address;
  fields: Fields;
}

async function readInfo({ address, node }: Primary): Promise<Info> {
  const groups = Object.values(parseInfo(await node.info()));
  return { address, fields: Object.assign({}, ...groups) as Fields };
}

function readEvictionPolicy(infos: Info[]): string | null {
  const policies = infos.map(({ fields }) => fields.maxmemory_policy ?? null);
  return policies.find((policy) => policy !== null && policy !== 'noeviction') ?? policies[0]!;
}

/** INFO still uses the old words. */
function readRole(word: string | undefined) {
  if (word === 'master') return 'primary';
  return word === 'slave' ? 'replica' : null;
}

function readHitRate(fields: Fields): number | null {
  const hits = Number(fields.keyspace_hits);
  const all = hits + Number(fields.keyspace_misses);
  return all > 0 ? hits / all : null;
}

function readReplicas({ address, fields }: Info): Replica[] {
  const written = Number(fields.master_repl_offset);
  return listReplicas(fields).map(({ ip = '', port, state = '', offset, lag }) => {
    const behind = Math.max(0, written - Number(offset));
    return { host: ip, port: Number(port), primary: address, state, lag: toNumber(lag), behind };
  });
}

/** Before its first snapshot, a server reports the time of its start instead. */
function readLastSave(fields: Fields): Date | null {
  const saves = Number(fields.rdb_saves);
  return saves > 0 ? new Date(Number(fields.rdb_last_save_time) * 1000) : null;
}
