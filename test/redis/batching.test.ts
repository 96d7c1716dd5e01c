/** Commands of one event-loop turn, seen from the socket. */
import { Redis } from 'ioredis';
import { batchWrites } from '../../src/redis/batching.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { startRedis } from '../support/redis-server.ts';

let redis: Redis;
let port: number;
beforeAll(async () => {
  ({ port } = await startRedis());
  redis = batchWrites(new Redis({ port }));
  stopAtEnd(() => redis.quit());
  await redis.ping();
});

describe('batchWrites', () => {
  it('sends the commands of one turn in one write', async () => {
    const stream = redis.stream as unknown as Record<'_write' | '_writev', () => void>;
    const writev = jest.spyOn(stream, '_writev');
    const write = jest.spyOn(stream, '_write');

    const values = await Promise.all(Array.from({ length: 100 }, (_, i) => redis.set(`k${i}`, i)));

    expect(values).toEqual(Array(100).fill('OK'));
    expect(writev).toHaveBeenCalledTimes(1);
    expect(write).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it('keeps the order of commands, with pipelines and transactions among them', async () => {
    const replies = await Promise.all([
      redis.set('n', 1),
      redis.incr('n'),
      redis.pipeline().incr('n').incr('n').exec(),
      redis.multi().incr('n').exec(),
      redis.get('n'),
    ]);

    expect(replies).toEqual([
      'OK',
      2,
      [
        [null, 3],
        [null, 4],
      ],
      [[null, 5]],
      '5',
    ]);
  });

  it('works for commands that are sent before the connection is there', async () => {
    const early = batchWrites(new Redis({ port }));
    stopAtEnd(() => early.quit());

    expect(await Promise.all([early.set('early', 1), early.get('early')])).toEqual(['OK', '1']);
  });

  it('works for subscriptions and blocking commands', async () => {
    const subscriber = batchWrites(new Redis({ port }));
    const blocked = batchWrites(new Redis({ port }));
    stopAtEnd(() => subscriber.quit());
    stopAtEnd(() => blocked.quit());
    const message = new Promise((resolve) => subscriber.on('message', (_, text) => resolve(text)));

    await subscriber.subscribe('news');
    const popped = blocked.blpop('list', 5);
    await redis.publish('news', 'hello');
    await redis.rpush('list', 'item');

    expect(await message).toBe('hello');
    expect(await popped).toEqual(['list', 'item']);
  });
});
