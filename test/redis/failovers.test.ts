/** When the app says that it has noticed a failover. */
import { EventEmitter } from 'node:events';
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
