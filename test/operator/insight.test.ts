/** The health of Redis as the operator reads it, on one server. */
import type { Redis } from 'ioredis';
import { advise } from '../../src/operator/insight/advice.ts';
import { listCommands } from '../../src/operator/insight/command-statistics.ts';
import { readRights } from '../../src/operator/insight/rights.ts';
import { listClients, listSlowCommands } from '../../src/operator/insight/tables.ts';
import { parseInfo } from '../../src/redis/info.ts';
import { type App } from '../support/app.ts';
import { type Operator, startForOperator } from '../support/operator.ts';
import { connectAsUser } from '../support/redis-server.ts';
import { signUp } from '../support/user.ts';

let redis: Redis;
let app: App;
let operator: Operator;
beforeAll(async () => {
  ({ redis, app, operator } = await startForOperator());
});

const get = async (path: string) => (await operator.get(`/operator/${path}`).expect(200)).body;

describe('the health of Redis', () => {
  it('has the groups of INFO for each node, and what to do about them', async () => {
    const [node] = await get('redis');
    expect(node).toMatchObject({ role: 'primary', problem: null });
    const { info, advice } = node.answer;
    expect(Object.keys(info)).toEqual(
      expect.arrayContaining(['server', 'clients', 'memory', 'persistence', 'stats', 'keyspace']),
    );
    expect(info.replication.role).toBe('master');
    expect(advice).toContainEqual(expect.stringMatching(/^no memory limit is set/));
  });

  it('has the commands, with their latencies', async () => {
    await redis.set('some', 'value');
    await redis.config('GET', 'save');
    const [{ answer }] = await get('redis/commands');
    const set = answer.find(({ command }: any) => command === 'SET');
    expect(set.calls).toBeGreaterThan(0);
    expect(set.p99).toBeGreaterThan(0);
    expect(answer.map(({ command }: any) => command)).toContain('CONFIG GET');
  });

  it('has the slow log, without what the app stores under keys of its own', async () => {
    await redis.config('SET', 'slowlog-log-slower-than', 0);
    await signUp(app, 'carol');
    await redis.set('visible', 'value');
    await redis.config('SET', 'slowlog-log-slower-than', 10_000);
    const [{ answer }] = await get('redis/slow-log');
    const commands = answer.map(({ command }: any) => command.join(' '));
    expect(commands).toContain('set visible value');
    expect(commands).toContain('set _app:…');
    expect(JSON.stringify(answer)).not.toMatch(/carol|scrypt/);
    expect(answer[0].took).toBeGreaterThanOrEqual(0);
  });

  it('has the clients', async () => {
    const [{ answer }] = await get('redis/clients');
    expect(answer.length).toBeGreaterThan(1);
    expect(answer[0]).toHaveProperty('addr');
    expect(answer[0]).toHaveProperty('cmd');
  });

  it('has the rights of the user, with the rule for each', async () => {
    const [{ answer }] = await get('redis/rights');
    expect(answer).toMatchObject({ user: 'default', problem: null });
    expect(answer.rights).toContainEqual({
      part: 'keys',
      command: 'MEMORY USAGE',
      allowed: true,
      rule: '+memory|usage',
    });
    expect(answer.rights.filter(({ allowed }: any) => !allowed)).toEqual([]);
    expect(answer.rights.map(({ rule }: any) => rule)).toEqual(
      expect.arrayContaining(['+scan', '+slowlog|get', '+client|list', '+command|getkeys']),
    );
  });

  it('takes a command for allowed whose keys and channels are limited', async () => {
    const few = await connectAsUser(redis, '~public:*', 'resetchannels', '+@all');
    const { user, rights } = await readRights(few);
    expect(user).toBe('few');
    expect(rights!.filter(({ allowed }) => !allowed)).toEqual([]);
  });

  it('has no Sentinels where none is bound', async () => {
    const problem = 'Redis is bound without Sentinel';
    expect(await get('redis/sentinel')).toEqual({ problem, sentinels: [] });
  });
});

describe('advice', () => {
  const GIGABYTE = 2 ** 30;

  it.each([
    [
      'a full Redis that refuses writes',
      {
        memory: {
          used_memory: 0.95 * GIGABYTE,
          maxmemory: GIGABYTE,
          maxmemory_policy: 'noeviction',
        },
      },
      /^95 % of the memory is in use, and writes are refused when it is full/,
    ],
    [
      'a full Redis that evicts',
      {
        memory: {
          used_memory: 0.9 * GIGABYTE,
          maxmemory: GIGABYTE,
          maxmemory_policy: 'allkeys-lru',
        },
      },
      /keys are evicted when it is full \(allkeys-lru\)$/,
    ],
    ['evicted keys', { stats: { evicted_keys: 7 } }, /^7 keys were evicted/],
    [
      'fragmentation',
      { memory: { used_memory: GIGABYTE, maxmemory: 0, mem_fragmentation_ratio: '1.80' } },
      /^Redis holds 1.8 times the memory/,
    ],
    ['a failed snapshot', { persistence: { rdb_last_bgsave_status: 'err' } }, /snapshot failed/],
    [
      'a failed write to the append-only file',
      { persistence: { aof_last_write_status: 'err' } },
      /^the last write to the append-only file failed/,
    ],
    [
      'a Redis that loads its data',
      { persistence: { loading: 1, rdb_last_bgsave_status: 'err' } },
      /^Redis is still loading its data$/,
    ],
    ['failed sign-ins', { stats: { acl_access_denied_auth: 5 } }, /^5 sign-ins to Redis failed/],
    ['no persistence', { persistence: { aof_enabled: 0, rdb_saves: 0 } }, /^nothing was saved/],
    [
      'no persistence, and replicas that would be emptied',
      { persistence: { aof_enabled: 0, rdb_saves: 0 }, replication: { connected_slaves: 1 } },
      /those of the replicas too, unless a replica takes over first$/,
    ],
    [
      'no persistence, and no replicas',
      { persistence: { aof_enabled: 0, rdb_saves: 0 }, replication: { connected_slaves: 0 } },
      /: a restart loses all keys$/,
    ],
    [
      'a replica far behind',
      {
        replication: {
          master_repl_offset: 40e6,
          slave0: 'ip=10.0.0.2,port=6379,state=online,offset=1,lag=1',
          slave1: 'ip=10.0.0.3,port=6379,state=online,offset=39999999,lag=1',
        },
      },
      /more than 16 MB behind: 10\.0\.0\.2:6379\. If this primary fails now/,
    ],
    ['refused connections', { stats: { rejected_connections: 3 } }, /^3 connections were refused/],
  ])('is given for %s', (_what, info, sentence) => {
    const [sentences] = advise([{ info: toTexts(info), primary: null }]);
    expect(sentences).toContainEqual(expect.stringMatching(sentence));
  });

  it.each([
    [
      'that has lost its primary',
      { replication: { role: 'slave', master_link_status: 'down' } },
      {},
      /has lost its primary/,
    ],
    [
      'that is being copied to',
      { replication: { master_link_status: 'down', master_sync_in_progress: 1 } },
      {},
      /receives a new copy of all data/,
    ],
    [
      'that hears nothing',
      { replication: { role: 'slave', master_link_status: 'up', master_last_io_seconds_ago: 42 } },
      {},
      /heard nothing for 42 seconds/,
    ],
    ['that takes writes', { replication: { slave_read_only: 0 } }, {}, /replica-read-only no/],
    [
      'with less memory',
      { memory: { maxmemory: GIGABYTE } },
      { memory: { maxmemory: 2 * GIGABYTE } },
      /less memory than its primary \(maxmemory, 1024 MB\)/,
    ],
    [
      'with less memory, where that of its primary has no limit',
      { memory: { maxmemory: GIGABYTE } },
      { memory: { maxmemory: 0 } },
      /less memory than its primary/,
    ],
    [
      'without the append-only file of its primary',
      { persistence: { aof_enabled: 0 } },
      { persistence: { aof_enabled: 1 } },
      /^this replica has no append-only file/,
    ],
    ['with refused connections', { stats: { rejected_connections: 3 } }, {}, /^3 connections/],
  ])('is given for a replica %s', (_what, info, primary, sentence) => {
    const replica = { info: toTexts(info), primary: toTexts(primary) };
    expect(advise([replica])).toEqual([[expect.stringMatching(sentence)]]);
  });

  it('is given once for each cause: of a primary and its replica, and of several primaries', () => {
    const info = toTexts({
      memory: { used_memory: 0.95 * GIGABYTE, maxmemory: 0, mem_fragmentation_ratio: '1.80' },
      persistence: { aof_enabled: 0, rdb_saves: 0 },
      stats: { evicted_keys: 0 },
    });
    const primary = { info, primary: null };
    const replica = { info, primary: info };
    const [first, second, third] = advise([primary, replica, primary]);
    expect(first).toEqual([
      expect.stringMatching(/^on 3 servers: Redis holds 1.8 times/),
      expect.stringMatching(/^on 2 servers: no memory limit is set/),
      expect.stringMatching(/^on 2 servers: nothing was saved/),
    ]);
    expect([second, third]).toEqual([[], []]);
  });

  it.each([
    ['89 % of the memory', { memory: { used_memory: 0.89 * GIGABYTE, maxmemory: GIGABYTE } }, null],
    [
      'a little fragmentation',
      { memory: { used_memory: 1e8, maxmemory: GIGABYTE, mem_fragmentation_ratio: '1.50' } },
      null,
    ],
    [
      'snapshots without an append-only file',
      { persistence: { aof_enabled: 0, rdb_saves: 3 } },
      null,
    ],
    [
      'a replica that is not far behind',
      {
        replication: {
          master_repl_offset: 16 * 2 ** 20 + 1,
          slave0: 'ip=10.0.0.2,port=6379,state=online,offset=1,lag=1',
        },
      },
      null,
    ],
    [
      'a replica that has heard something ten seconds ago',
      { replication: { master_link_status: 'up', master_last_io_seconds_ago: 10 } },
      {},
    ],
    [
      'a replica with more memory than its primary',
      { memory: { maxmemory: 2 * GIGABYTE } },
      { memory: { maxmemory: GIGABYTE } },
    ],
    [
      'a replica with as much memory as its primary',
      { memory: { maxmemory: GIGABYTE } },
      { memory: { maxmemory: GIGABYTE } },
    ],
    [
      'append-only files of both',
      { persistence: { aof_enabled: 1 } },
      { persistence: { aof_enabled: 1 } },
    ],
    [
      'a replica without a limit',
      { memory: { maxmemory: 0 } },
      { memory: { maxmemory: GIGABYTE } },
    ],
    [
      'an append-only file that only the replica has',
      { persistence: { aof_enabled: 1 } },
      { persistence: { aof_enabled: 0 } },
    ],
  ])('is not given for %s', (_what, info, primary) => {
    expect(advise([{ info: toTexts(info), primary: primary && toTexts(primary) }])).toEqual([[]]);
  });

  it('is not given where all is well, or nothing is known', () => {
    const info = {
      memory: { used_memory: 1, maxmemory: GIGABYTE, mem_fragmentation_ratio: '9' },
      stats: { evicted_keys: 0, rejected_connections: 0, acl_access_denied_auth: 0 },
      persistence: { aof_enabled: 1, rdb_last_bgsave_status: 'ok' },
      replication: { role: 'master' },
    };
    expect(advise([{ info: toTexts(info), primary: null }])).toEqual([[]]);
    expect(
      advise([
        { info: {}, primary: null },
        { info: {}, primary: {} },
      ]),
    ).toEqual([[], []]);
  });
});

describe('the tables of Redis', () => {
  it('have the time, the words and the client of a slow command', () => {
    const entry = [
      7,
      1_700_000_000,
      12_345,
      ['get', 'k'].map((word) => Buffer.from(word)),
      Buffer.from('::1:5000'),
    ];
    expect(listSlowCommands([entry])).toEqual([
      {
        at: new Date('2023-11-14T22:13:20Z'),
        took: 12_345,
        command: ['get', 'k'],
        client: '::1:5000',
      },
    ]);
    expect(listSlowCommands([entry.slice(0, 4)])).toMatchObject([{ took: 12_345, client: '' }]);
  });

  it('have the fields of each client, whatever is in their values', () => {
    const text = 'id=3 addr=127.0.0.1:6000 name= cmd=get\nid=4 name=a=b cmd=client|list\n';
    expect(listClients(text)).toEqual([
      { id: '3', addr: '127.0.0.1:6000', name: '', cmd: 'get' },
      { id: '4', name: 'a=b', cmd: 'client|list' },
    ]);
  });
});

describe('the statistics of commands', () => {
  it('have the latencies of each command', () => {
    const text = `# Commandstats\r
cmdstat_config|get:calls=4,usec=8,usec_per_call=2.00,rejected_calls=0,failed_calls=1\r
# Latencystats\r
latency_percentiles_usec_config|get:p50=1.003,p99=2.007,p99.9=9.023\r
latency_percentiles_usec_get:p50=5.003,p99=6.007,p99.9=7.023\r\n`;
    expect(listCommands(parseInfo(text))).toEqual([
      {
        command: 'CONFIG GET',
        calls: 4,
        failed: 1,
        rejected: 0,
        mean: 2,
        p50: 1.003,
        p99: 2.007,
        p999: 9.023,
      },
    ]);
  });

  it('are those of the hundred commands that took the most time', () => {
    const lines = Array.from({ length: 101 }, (_, i) => `cmdstat_c${i}:calls=1,usec=${i}`);
    const listed = listCommands(parseInfo(['# Commandstats', ...lines].join('\r\n')));
    expect([listed.length, listed.at(0)?.command, listed.at(-1)?.command]).toEqual([
      100,
      'C100',
      'C1',
    ]);
  });

  it('are read without latencies before Redis 7.0, the costliest first', () => {
    const text = `# Commandstats\r
cmdstat_get:calls=4,usec=8,usec_per_call=2.00\r
cmdstat_keys:calls=1,usec=900,usec_per_call=900.00,rejected_calls=2,failed_calls=0\r\n`;
    expect(listCommands(parseInfo(text))).toEqual([
      {
        command: 'KEYS',
        calls: 1,
        failed: 0,
        rejected: 2,
        mean: 900,
        p50: null,
        p99: null,
        p999: null,
      },
      {
        command: 'GET',
        calls: 4,
        failed: null,
        rejected: null,
        mean: 2,
        p50: null,
        p99: null,
        p999: null,
      },
    ]);
  });
});

function toTexts(info: object): Record<string, Record<string, string>> {
  const groups = Object.entries(info).map(([name, group]) => [
    name,
    Object.fromEntries(
      Object.entries(group as object).map(([field, value]) => [field, String(value)]),
    ),
  ]);
  return Object.fromEntries(groups);
}
