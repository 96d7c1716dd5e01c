/** What the app reads from INFO, whose fields differ from server to server. */
import { Cluster } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { readServerInfo } from '../../src/redis/server-info.ts';

const ADDRESS = { host: 'h', port: 1 };

/** A client that is connected to a server which answers INFO so. */
function connectedTo(info: () => Promise<string>): RedisClient {
  return { stream: {}, options: ADDRESS, info } as unknown as RedisClient;
}

const read = (...lines: string[]) =>
  readServerInfo(connectedTo(async () => ['# Group', ...lines].join('\r\n')));

describe('the facts about a server', () => {
  it.each([
    [['redis_version:7.2.4'], '7.2.4'],
    [['redis_version:7.2.4', 'valkey_version:8.1.0'], '8.1.0'],
  ])('have the version that it calls its own: %j', async (lines, version) => {
    expect(await read(...lines)).toMatchObject({ version });
  });

  it.each([
    ['master', 'primary'],
    ['slave', 'replica'],
    ['sentinel', null],
  ])('call the role %s %s', async (word, role) => {
    expect(await read(`role:${word}`)).toMatchObject({ role });
  });

  it.each([
    [3, 1, 0.75],
    [0, 4, 0],
    [0, 0, null],
  ])('have a hit rate: of %d hits and %d misses, %p', async (hits, misses, hitRate) => {
    const lines = [`keyspace_hits:${hits}`, `keyspace_misses:${misses}`];
    expect(await read(...lines)).toMatchObject({ hitRate });
  });

  it('have the time of the last snapshot, and not that of the start', async () => {
    const time = 'rdb_last_save_time:1700000000';
    expect((await read('rdb_saves:1', time)).lastSave).toEqual(new Date(1_700_000_000_000));
    expect((await read('rdb_saves:0', time)).lastSave).toBeNull();
  });

  it('have the figures of now', async () => {
    const memory = ['used_memory:1', 'used_memory_rss:2', 'used_memory_peak:3', 'maxmemory:4'];
    const clients = ['connected_clients:5', 'blocked_clients:6', 'maxclients:7'];
    const commands = ['total_commands_processed:8', 'instantaneous_ops_per_sec:9'];
    expect(await read(...memory, ...clients, ...commands)).toMatchObject({
      usedMemory: 1,
      maxMemory: 4,
      clients: 5,
      commandsPerSecond: 9,
    });
  });

  it('are null where INFO has no such field', async () => {
    expect(await read()).toEqual({
      version: null,
      role: null,
      usedMemory: null,
      maxMemory: null,
      evictionPolicy: null,
      clients: null,
      commandsPerSecond: null,
      hitRate: null,
      primaries: [ADDRESS],
      replicas: [],
      lastSave: null,
    });
  });

  it('have how far each replica is behind, and never less than nothing', async () => {
    const slave = (number: number, offset: number) =>
      `slave${number}:ip=10.0.0.${number},port=6380,state=online,offset=${offset},lag=3`;
    const { replicas } = await read('master_repl_offset:100', slave(0, 90), slave(1, 110));

    const one = { host: '10.0.0.0', port: 6380, primary: ADDRESS, state: 'online', lag: 3 };
    expect(replicas).toEqual([
      { ...one, behind: 10 },
      { ...one, host: '10.0.0.1', behind: 0 },
    ]);
  });
});

describe('the replicas of a server', () => {
  it('may have IPv6 addresses', async () => {
    const { replicas } = await read('slave0:ip=fd00::1,port=6380,state=online,offset=0');
    expect(replicas).toMatchObject([{ host: 'fd00::1', port: 6380, lag: null }]);
  });

  it('are not what INFO says of the server itself when it is one', async () => {
    const lines = ['slave_repl_offset:7', 'slave_read_only:1', 'connected_slaves:0'];
    expect(await read('role:slave', ...lines)).toMatchObject({ role: 'replica', replicas: [] });
  });
});

describe('the facts about a Cluster', () => {
  it('are those of the primaries that answer', async () => {
    const nodeOf = (host: string, info: () => Promise<string>) => ({
      options: { host, port: 1 },
      info,
    });
    const nodes = [
      nodeOf('a', () => Promise.reject(new Error('a reason'))),
      nodeOf('b', async () => '# Server\nredis_version:7.2.4'),
    ];
    const cluster = new Cluster([{ port: 1 }], { lazyConnect: true });
    Object.assign(cluster, { nodes: () => nodes });
    expect(await readServerInfo(cluster)).toMatchObject({
      version: '7.2.4',
      primaries: [{ host: 'b', port: 1 }],
    });
  });
});

describe('a server that cannot be asked', () => {
  it('is an error: its own, or that there is none', async () => {
    const failing = connectedTo(() => Promise.reject(new Error('NOPERM')));
    await expect(readServerInfo(failing)).rejects.toThrow('NOPERM');

    const disconnected = { stream: null } as unknown as RedisClient;
    await expect(readServerInfo(disconnected)).rejects.toThrow('Cluster has no primary');
  });
});
