/** How often an instance asks Redis for the time, by which its sessions go. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { followClock } from '../../src/redis/clock.ts';
import { connectTo, startRedis } from '../support/redis-server.ts';

let redis: Redis;
beforeAll(async () => {
  redis = connectTo(await startRedis());
  await once(redis, 'ready');
});

/** Of all that was sent before. */
async function countTimes(): Promise<number> {
  const calls = /^cmdstat_time:calls=(\d+)/m.exec(await redis.info('commandstats'));
  return Number(calls?.[1] ?? 0);
}

it('is at once, at each new connection, and once a minute', async () => {
  jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'performance'] });
  try {
    followClock(redis, () => {});
    expect(await countTimes()).toBe(1);
    jest.advanceTimersByTime(59_999);
    expect(await countTimes()).toBe(1);
    jest.advanceTimersByTime(1);
    expect(await countTimes()).toBe(2);
    jest.advanceTimersByTime(3 * 60_000);
    expect(await countTimes()).toBe(5);
  } finally {
    jest.useRealTimers();
  }
  for (const times of [6, 7]) {
    redis.disconnect(true);
    await once(redis, 'ready');
    expect(await countTimes()).toBe(times);
  }
});

it('is that of Redis in between, whatever the clock of this machine says', async () => {
  const late = jest.spyOn(Date, 'now').mockReturnValue(0);
  try {
    const clock = followClock(redis, () => {});
    const [seconds] = await redis.time();
    expect(Math.abs(clock.now() - 1000 * Number(seconds))).toBeLessThan(2000);
  } finally {
    late.mockRestore();
  }
});
