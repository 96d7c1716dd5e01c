/** Reads the facts about a Redis server (INFO). */
import type { Address } from '../connection.ts';
import type { RedisClient } from './client.ts';
import { listPrimaries, type Primary } from './failovers.ts';

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
    version: fields.get('valkey_version') ?? fields.get('redis_version') ?? null,
    role: readRole(fields.get('role')),
    usedMemory: toNumber(fields.get('used_memory')),
    maxMemory: toNumber(fields.get('maxmemory')),
    evictionPolicy: readEvictionPolicy(answered),
    clients: toNumber(fields.get('connected_clients')),
    commandsPerSecond: toNumber(fields.get('instantaneous_ops_per_sec')),
    hitRate: readHitRate(fields),
    primaries: answered.map(({ address }) => address),
    replicas: answered.flatMap(readReplicas),
    lastSave: readLastSave(fields),
  };
}

const NO_PRIMARY = new Error('Cluster has no primary');

interface Info {
  address: Address;
  fields: Map<string, string>;
}

async function readInfo({ address, node }: Primary): Promise<Info> {
  return { address, fields: parseInfo(await node.info()) };
}

function readEvictionPolicy(infos: Info[]): string | null {
  const policies = infos.map(({ fields }) => fields.get('maxmemory_policy') ?? null);
  return policies.find((policy) => policy !== null && policy !== 'noeviction') ?? policies[0]!;
}

/** INFO still uses the old words. */
function readRole(word: string | undefined) {
  if (word === 'master') return 'primary';
  return word === 'slave' ? 'replica' : null;
}

function readHitRate(fields: Map<string, string>): number | null {
  const hits = Number(fields.get('keyspace_hits'));
  const all = hits + Number(fields.get('keyspace_misses'));
  return all > 0 ? hits / all : null;
}

/** `slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0` and so on. */
function readReplicas({ address, fields }: Info): Replica[] {
  const written = Number(fields.get('master_repl_offset'));
  const texts = [...fields].filter(([name]) => /^slave\d+$/.test(name)).map(([, text]) => text);
  return texts.map((text) => {
    const replica = new Map(text.split(',').map((pair) => pair.split('=') as [string, string]));
    return {
      host: replica.get('ip') ?? '',
      port: Number(replica.get('port')),
      primary: address,
      state: replica.get('state') ?? '',
      lag: toNumber(replica.get('lag')),
      behind: Math.max(0, written - Number(replica.get('offset'))),
    };
  });
}

/** Before its first snapshot, a server reports the time of its start instead. */
function readLastSave(fields: Map<string, string>): Date | null {
  const saves = Number(fields.get('rdb_saves'));
  return saves > 0 ? new Date(Number(fields.get('rdb_last_save_time')) * 1000) : null;
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => line.split(/:(.*)/s, 2) as [string, string]));
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
