/** What the numbers of INFO mean for an operator, in sentences that name what to do. */
import type { Info } from './info.ts';

const NEARLY_FULL = 0.9;
const FRAGMENTED = 1.5;
/** In less memory, fragmentation is of no account. */
const WORTH_A_LOOK = 64 * 1024 * 1024; // bytes
const LATE = 10; // seconds

type Group = Record<string, string>;

/** Each returns a sentence, or null when there is nothing to do. */
const RULES: ((info: Record<string, Group>) => string | null)[] = [
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
  ({ persistence = {} }) => {
    const isSaved = persistence.aof_enabled === '1' || Number(persistence.rdb_saves) > 0;
    if (isSaved || !('aof_enabled' in persistence)) return null;
    return 'nothing was saved since the start, and there is no append-only file: a restart loses all keys, unless a replica takes over';
  },
  ({ replication = {} }) => {
    if (replication.role !== 'slave') return null;
    if (replication.master_link_status !== 'up')
      return 'this replica has lost its primary: what it answers grows old';
    const silent = Number(replication.master_last_io_seconds_ago);
    return silent > LATE ? `this replica has heard nothing for ${silent} seconds` : null;
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

export function advise(info: Info): string[] {
  return RULES.map((rule) => rule(info)).filter((sentence) => sentence !== null);
}
