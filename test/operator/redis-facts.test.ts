/** What the operator's page concludes from the numbers of Redis. */
import { operator as words } from '../../public/assets/scripts/languages/en.js';
import { listRuns } from '../../public/assets/scripts/operator/charts.js';
import { areSame } from '../../public/assets/scripts/operator/copies.js';
import { factsOf } from '../../public/assets/scripts/operator/redis.js';

const { labels } = words.redis;

/** Returns what is said under a label about a server with this INFO; null: nothing. */
function say(label: string, info: object): string | null {
  const facts = factsOf(info) as [string, string | null | undefined][];
  return facts.find(([name]) => name === label)?.[1] || null;
}

describe('the facts of a server', () => {
  it.each<[string, string, object, string | null]>([
    ['its version', labels.version, { server: { redis_version: '7.0.15' } }, '7.0.15'],
    ['how long it is up', labels.uptime, { server: { uptime_in_seconds: '90' } }, '1 min 30 s'],
    [
      'its memory and the limit',
      labels.memory,
      { memory: { used_memory: '1048576', maxmemory: '2097152' } },
      '1.0 MB of 2.0 MB',
    ],
    [
      'its memory where there is no limit',
      labels.memory,
      { memory: { used_memory: '1048576', maxmemory: '0' } },
      '1.0 MB, no limit',
    ],
    ['no hits before the first read', labels.hits, { stats: hits(0, 0) }, null],
    ['hits when there were no misses', labels.hits, { stats: hits(2, 0) }, '100.0% of 2 reads'],
    ['that no key was evicted', labels.evicted, { stats: { evicted_keys: '0' } }, '0'],
    ['no snapshot where there may be none', labels.lastSave, { persistence: {} }, null],
    ['no snapshot since the start', labels.lastSave, saved('0', 'ok'), 'none since the start'],
    [
      'that the last snapshot failed',
      labels.lastSave,
      saved('3', 'err'),
      'the last attempt failed',
    ],
    [
      'that a replica which is ahead for a moment is not behind',
      labels.replica('10.0.0.2:6379'),
      { replication: replicated('1600') },
      'online, 0 bytes behind, heard from 1 s',
    ],
    ['no more of a server that says nothing', labels.uptime, {}, null],
  ])('say %s', (_what, label, info, said) => {
    expect(say(label, info)).toEqual(said === null ? null : expect.stringContaining(said));
  });

  it('of a replica name its link, and not the replicas that it may have', () => {
    const replication = { ...replicated('300'), role: 'slave', master_link_status: 'down' };
    expect(say(labels.link, { replication })).toBe('lost');
    expect(say(labels.replica('10.0.0.2:6379'), { replication })).toBeNull();
  });

  it('have each database', () => {
    const keyspace = { db0: 'keys=1,expires=0,avg_ttl=0', db3: 'keys=2,expires=1,avg_ttl=5' };
    expect(say('db3', { keyspace })).toBe('2 keys, 1 of them expire');
  });
});

function hits(found: number, missed: number) {
  return { keyspace_hits: String(found), keyspace_misses: String(missed) };
}

function saved(saves: string, status: string) {
  const times = { rdb_last_save_time: '1000000000', rdb_saves: saves };
  return { persistence: { ...times, rdb_last_bgsave_status: status } };
}

function replicated(offset: string) {
  const slave0 = `ip=10.0.0.2,port=6379,state=online,offset=${offset},lag=1`;
  return { role: 'master', master_repl_offset: '1500', slave0 };
}

describe('copies of a key', () => {
  const copy = {
    type: 'string',
    length: 1,
    value: 'a',
    ttl: 10,
    memory: 56,
    node: '10.0.0.1:6379',
  };

  it('are the same though servers, expiry and memory differ', () => {
    expect(areSame([copy, { ...copy, ttl: 9, memory: 72, node: '10.0.0.2:6379' }])).toBe(true);
    expect(areSame([copy])).toBe(true);
  });

  it.each([
    { type: 'set' },
    { length: 2 },
    { value: 'b' },
    { elements: [{ value: 'a' }] },
    { problem: 'key not present' },
  ])('differ by %j', (difference) => {
    expect(areSame([copy, copy, { ...copy, ...difference }])).toBe(false);
  });
});

describe('the line of a chart', () => {
  it('is broken by more than five seconds without a value', () => {
    const points = [0, 1000, 6000, 11_001, 12_000].map((at) => [at, 1]);
    expect(listRuns(points).map((run: unknown[]) => run.length)).toEqual([3, 2]);
    expect(listRuns([])).toEqual([]);
  });
});
