/** What the numbers of INFO mean for an operator, in sentences that name what to do. */
import { type Info, listReplicas } from '../../redis/info.ts';

const NEARLY_FULL = 0.9;
const FRAGMENTED = 1.5;
/** In less memory, fragmentation is of no account. */
const WORTH_A_LOOK = 64 * 1024 * 1024; // bytes
const LATE = 10; // seconds
const FAR_BEHIND = 16 * 1024 * 1024; // bytes

interface Server {
  info: Info;
  /** What its primary answers; null for a primary. */
  primary: Info | null;
}

/** Each returns a sentence, or null when there is nothing to do. */
type Rule = (info: Info, primary: Info) => string | null;

const OF_EACH_SERVER: Rule[] = [
  ({ memory = {} }) => {
    const ratio = Number(memory.mem_fragmentation_ratio);
    if (!(ratio > FRAGMENTED) || Number(memory.used_memory) < WORTH_A_LOOK) return null;
    return `Redis holds ${ratio} times the memory that it uses: active defragmentation (activedefrag) or a restart gives it back`;
  },
  ({ persistence = {} }) => {
    if (persistence.loading === '1') return 'Redis is still loading its data';
    if (persistence.rdb_last_bgsave_status === 'err')
      return 'the last snapshot failed: is the disk full?';
    if (persistence.aof_last_write_status === 'err')
      return 'the last write to the append-only file failed: is the disk full?';
    return null;
  },
  ({ stats = {} }) => {
    const rejected = Number(stats.rejected_connections);
    return rejected > 0
      ? `${rejected} connections were refused, as there were too many (maxclients)`
      : null;
  },
  ({ stats = {} }) => {
    const failed = Number(stats.acl_access_denied_auth);
    return failed > 0 ? `${failed} sign-ins to Redis failed since the start` : null;
  },
];

/** Replicas have the same data: what their primary has said would be said of them again. */
const OF_PRIMARIES: Rule[] = [
  ({ memory = {} }) => {
    const [used, most] = [Number(memory.used_memory), Number(memory.maxmemory)];
    if (!(most > 0) || used < NEARLY_FULL * most) return null;
    const then =
      memory.maxmemory_policy === 'noeviction'
        ? 'writes are refused when it is full: delete keys, or choose a larger plan'
        : `keys are evicted when it is full (${memory.maxmemory_policy})`;
    return `${Math.round((100 * used) / most)} % of the memory is in use, and ${then}`;
  },
  ({ memory = {} }) => {
    if (Number(memory.maxmemory) > 0 || !memory.used_memory) return null;
    return 'no memory limit is set (maxmemory): the system ends Redis when its memory is used up';
  },
  ({ stats = {} }) => {
    const evicted = Number(stats.evicted_keys);
    return evicted > 0
      ? `${evicted} keys were evicted since the start: the plan is too small for what is stored, unless this is a cache`
      : null;
  },
  ({ persistence = {}, replication = {} }) => {
    const isSaved = persistence.aof_enabled === '1' || Number(persistence.rdb_saves) > 0;
    if (isSaved || !('aof_enabled' in persistence)) return null;
    const then =
      Number(replication.connected_slaves) > 0
        ? 'a restart loses all keys, those of the replicas too, unless a replica takes over first'
        : 'a restart loses all keys';
    return `nothing was saved since the start, and there is no append-only file: ${then}`;
  },
  ({ replication = {} }) => {
    const written = Number(replication.master_repl_offset);
    const late = listReplicas(replication)
      .filter(({ offset }) => written - Number(offset) > FAR_BEHIND)
      .map(({ ip, port }) => `${ip}:${port}`);
    if (late.length === 0) return null;
    return `replicas that are more than ${inMegabytes(FAR_BEHIND)} behind: ${late.join(', ')}. If this primary fails now, what they lack is lost`;
  },
];

const OF_REPLICAS: Rule[] = [
  ({ replication = {} }) => {
    if (replication.master_sync_in_progress === '1')
      return 'this replica receives a new copy of all data: until it is there, what it answers is old';
    if (replication.master_link_status === 'down')
      return 'this replica has lost its primary: what it answers grows old';
    const silent = Number(replication.master_last_io_seconds_ago);
    return silent > LATE ? `this replica has heard nothing for ${silent} seconds` : null;
  },
  ({ replication = {} }) => {
    if (replication.slave_read_only !== '0') return null;
    return 'this replica takes writes (replica-read-only no): its primary does not get them, and the next copy removes them';
  },
  ({ memory = {} }, primary) => {
    const [own, others] = [Number(memory.maxmemory), Number(primary.memory?.maxmemory)];
    if (!(own > 0) || !(others === 0 || others > own)) return null;
    return `this replica may use less memory than its primary (maxmemory, ${inMegabytes(own)}): after a failover, Redis is full sooner`;
  },
  ({ persistence = {} }, primary) => {
    if (persistence.aof_enabled !== '0' || primary.persistence?.aof_enabled !== '1') return null;
    return 'this replica has no append-only file, and its primary has: after a failover, a restart loses more';
  },
];

/** Returns the sentences for each server. What holds for several is said of the first, with their number. */
export function advise(servers: Server[]): string[][] {
  const all = servers.map(({ info, primary }) =>
    [...OF_EACH_SERVER, ...(primary ? OF_REPLICAS : OF_PRIMARIES)]
      .map((rule) => rule(info, primary ?? {}))
      .filter((sentence) => sentence !== null),
  );
  const counts = new Map<string, number>();
  for (const sentence of all.flat()) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
  return all.map((sentences) => sentences.flatMap(sayOnce));

  function sayOnce(sentence: string): string[] {
    const count = counts.get(sentence) ?? 0;
    counts.delete(sentence);
    if (count === 0) return [];
    return [count === 1 ? sentence : `on ${count} servers: ${sentence}`];
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
