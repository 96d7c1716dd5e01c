/** When the app says that it has noticed a failover. */
import { EventEmitter } from 'node:events';
import { Cluster } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
import { watchFailovers } from '../../src/redis/failovers.ts';

it('is when it connects to another primary, and not when it connects to the same one again', () => {
  const stream = { remoteAddress: '10.0.0.1', remotePort: 6379 };
  const options = { sentinels: [{ host: 'sentinel', port: 26379 }], host: 'h', port: 1 };
  const redis = Object.assign(new EventEmitter(), { isCluster: false, options, stream });
  const failovers = watchFailovers(redis as unknown as RedisClient, { now: () => 1000 });

  redis.emit('ready');
  redis.emit('ready');
  expect(failovers.last).toBeNull();

  stream.remoteAddress = '10.0.0.2';
  redis.emit('ready');
  const noticed = { at: new Date(1000), from: '10.0.0.1:6379', to: '10.0.0.2:6379' };
  expect(failovers.last).toEqual(noticed);
  redis.emit('ready');
  expect(failovers.last).toEqual(noticed);

  stream.remoteAddress = '10.0.0.1';
  redis.emit('ready');
  expect(failovers.last).toMatchObject({ from: '10.0.0.2:6379', to: '10.0.0.1:6379' });
});

it('is when a primary takes the place of another in a Cluster, and not when one comes or goes', () => {
  const redis = new Cluster([{ port: 1 }], { lazyConnect: true });
  const failovers = watchFailovers(redis, { now: () => 1000 });
  const refresh = (...hosts: string[]) => {
    const nodes = hosts.map((host) => ({ options: { host, port: 1 } }));
    Object.assign(redis, { nodes: () => nodes }).emit('refresh');
    return failovers.last;
  };

  for (const hosts of [
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['b', 'c'],
    ['c', 'b'],
  ])
    expect(refresh(...hosts)).toBeNull();
  expect(refresh('b', 'd')).toEqual({ at: new Date(1000), from: 'c:1', to: 'd:1' });
});
