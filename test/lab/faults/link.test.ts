/** The link between app and Redis, with a real Redis behind it. */
import timers from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Link, openLink } from '../../../src/lab/faults/link.ts';
import { stopAtEnd } from '../../support/cleanup.ts';
import { startRedis } from '../../support/redis-server.ts';

let link: Link;
let redis: Redis;
beforeAll(async () => {
  const server = await startRedis();
  link = await openLink(server.port);
  stopAtEnd(async () => link.close());
  redis = new Redis(link.port);
  redis.on('error', () => {}); // some of it is meant
  stopAtEnd(async () => redis.disconnect());
  await event('ready');
});
afterEach(() => Object.assign(link, { latency: 0, loss: 0 }));

/** Whatever errors come before. */
function event(name: 'ready' | 'close'): Promise<void> {
  return new Promise((resolve) => redis.once(name, () => resolve()));
}

async function timeOf(task: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await task();
  return performance.now() - began;
}

it('passes everything on in its order, whatever is lost on the way', async () => {
  Object.assign(link, { latency: 10, loss: 0.5 });
  const answers: string[] = [];
  const values = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(i * 100)}`);
  for (const value of values) {
    void redis.echo(value).then((answer) => answers.push(answer));
    await new Promise((resolve) => setImmediate(resolve)); // a packet of its own
  }
  await redis.ping();

  expect(answers).toEqual(values);
});

it('takes as long as it is told, there and back', async () => {
  link.latency = 300;

  const time = await timeOf(() => redis.ping());

  expect(time).toBeGreaterThanOrEqual(295);
});

it.each([
  ['half of the latency each way', { latency: 100 }, 50],
  ['as long as it takes to send a lost packet again', { loss: 1 }, 200],
  ['for both', { latency: 100, loss: 1 }, 250],
])('has a packet wait for %s', async (_, change, time) => {
  const waits: unknown[] = [];
  const spy = jest.spyOn(timers, 'setTimeout');
  spy.mockImplementation(async (wait) => void waits.push(wait));
  Object.assign(link, change);
  await redis.ping();
  spy.mockRestore();

  expect(waits).toEqual([time, time]); // there and back
});

it('breaks all connections', async () => {
  const closed = event('close');
  link.reset();
  await closed;
  await event('ready'); // it has come back
});
