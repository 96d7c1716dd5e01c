/** When an instance shows itself to others, and when it looks at them. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { createRequestCounts } from '../../src/http/request-counts.ts';
import { createInstances, type Instances } from '../../src/instances/instances.ts';
import type { Overview } from '../../src/overview.ts';
import type { BoundRedis } from '../../src/redis/bound-redis.ts';

const GUID = '07c9bb3d-5f1e-4f0a-9b1e-3f6f1f6f1f6f';

/** What the instance has written, in order. */
let written: { seenAt: number; leaving?: true; status: { startedAt: number } }[];
/** The moments at which it has read what others wrote. */
let readAt: number[];
let instances: Instances;
/** Whether Redis is away. */
let isAway: boolean;
/** The connection that listens for sessions that end. */
let subscriber: EventEmitter;
beforeEach(() => {
  jest.useFakeTimers({ now: 10_250 });
  [written, readAt, isAway] = [[], [], false];
  instances = createInstances({
    instance: { appName: 'app', index: 0, guid: GUID, onPlatform: true },
    limits: { memory: null, cpu: null },
    redis: { client: createClient(), clock: Date } as unknown as BoundRedis,
    readOverview: () => Promise.resolve({ redis: {} } as Overview),
    counts: createRequestCounts(),
    log: () => {},
  });
});
afterEach(() => jest.useRealTimers());

/** As far as instances ask Redis. */
function createClient() {
  const answer = () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve());
  const connection = { sendCommand() {}, connect: answer, subscribe: answer, disconnect() {} };
  return {
    duplicate: () => (subscriber = Object.assign(new EventEmitter(), connection)),
    hset: (_key: string, _guid: string, entry: string) => {
      if (!isAway) written.push(JSON.parse(entry));
      return answer();
    },
    pexpire: () => Promise.resolve(),
    hgetall: () => {
      readAt.push(Date.now());
      return Promise.resolve({});
    },
  };
}

const beats = () => written.map(({ seenAt }) => seenAt);

it('an instance shows itself as soon as it is ready, and then at each full second', async () => {
  await jest.advanceTimersByTimeAsync(1000);
  expect(beats()).toEqual([]);
  instances.join();
  await jest.advanceTimersByTimeAsync(2000);
  expect(beats()).toEqual([11_250, 12_000, 13_000]);
  expect(written.map(({ status }) => status.startedAt)).toEqual([11_250, 11_250, 11_250]);
  await instances.leave();
});

it('an instance that leaves says so once, and shows itself no more', async () => {
  instances.join();
  await instances.leave();
  await jest.advanceTimersByTimeAsync(3000);
  expect(written.map(({ leaving = false }) => leaving)).toEqual([false, true]);
});

it('an open page reads the others at once, and then 0.7 s after each heartbeat', async () => {
  const page = new PassThrough().resume();
  instances.watchers.add(page, { handle: null, address: '192.0.2.1' });
  await jest.advanceTimersByTimeAsync(2000);
  expect(readAt).toEqual([10_250, 10_700, 11_700]);
  page.destroy();
});

describe('while Redis is away', () => {
  beforeEach(() => {
    isAway = true;
  });

  it('an instance goes on, and shows itself when Redis is back', async () => {
    instances.join();
    await jest.advanceTimersByTimeAsync(1000);
    isAway = false;
    await jest.advanceTimersByTimeAsync(1000);
    expect(beats()).toEqual([12_000]);
    await instances.leave();
  });

  it('an instance can leave', async () => {
    instances.join();
    await instances.leave();
    expect(written).toEqual([]);
  });

  it('a page can be opened, which hears of no session that ends', async () => {
    const page = new PassThrough().resume();
    instances.watchers.add(page, { handle: null, address: '192.0.2.1' });
    subscriber.emit('error', new Error('away'));
    subscriber.emit('ready');
    await jest.advanceTimersByTimeAsync(1000);
    expect(readAt).toEqual([10_250, 10_700]);
    page.destroy();
  });
});
