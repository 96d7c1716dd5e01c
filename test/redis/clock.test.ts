/** How often an instance asks Redis for the time, by which its sessions go. */
import { EventEmitter, once } from 'node:events';
import type { Redis } from 'ioredis';
import type { RedisClient } from '../../src/redis/client.ts';
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

/** A client that is connected, and answers TIME so. */
function answering(time: () => Promise<string[]>) {
  const client = Object.assign(new EventEmitter(), { status: 'ready', time });
  return client as unknown as RedisClient;
}

const turn = () => new Promise(setImmediate);

it('counts the microseconds that Redis tells', async () => {
  const clock = followClock(
    answering(async () => ['100', '900000']),
    () => {},
  );
  await turn();
  expect(clock.now()).toBeGreaterThanOrEqual(100_900);
  expect(clock.now()).toBeLessThan(110_000);
  expect(Number.isInteger(clock.now())).toBe(true);
});

describe('where Redis refuses TIME', () => {
  it('is the clock of the instance, and the log says so once', async () => {
    const lines: string[] = [];
    const message = "NOPERM User app has no permissions to run the 'time' command";
    const redis = answering(() => Promise.reject(new Error(message)));
    const clock = followClock(redis, (line) => lines.push(line));
    await turn();
    redis.emit('ready');
    await turn();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
    expect(lines).toEqual([
      expect.stringMatching(/right to run TIME\..* Sessions go by the clock of this instance/),
    ]);
  });

  it('for a moment only, the log has nothing of it', async () => {
    const lines: string[] = [];
    const redis = answering(() => Promise.reject(new Error('LOADING Redis is loading')));
    followClock(redis, (line) => lines.push(line));
    await turn();
    expect(lines).toEqual([]);
  });
});
