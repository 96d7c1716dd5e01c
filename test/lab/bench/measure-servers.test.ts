/** What is measured before any load, at one server that keeps sessions and one that does not. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { measureServers } from '../../../src/lab/bench/measure-servers.ts';
import { startRedis } from '../../../src/lab/bench/redis-server.ts';
import type { Scenario } from '../../../src/lab/bench/scenarios.ts';
import { createServers } from '../../../src/lab/bench/servers.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const contestant = (name: string) => ({
  name,
  command: ['node', `dist/lab/bench/servers/${name}.js`],
});
const keys = contestant('bare-keys');
const sessions = contestant('bare-sessions');

const scenario = { name: '', goals: { rates: [] }, prepare: () => Promise.reject() };
const scenarios: Scenario[] = [
  { ...scenario, contestants: [keys] },
  { ...scenario, contestants: [sessions], needsSession: true },
];

it('measures start-ups, idle memory, the size of sessions, and counts commands', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  stopAtEnd(() => rm(directory, { recursive: true }));
  const redis = await startRedis([], directory);
  stopAtEnd(() => redis.stop());
  const servers = createServers([], directory, AbortSignal.timeout(15_000));
  stopAtEnd(() => servers.stop());

  const parts = { servers, credentials: redis.credentials, users: 2000 };
  const results = await measureServers(scenarios, parts, () => {});
  const startUps = [expect.any(Number), expect.any(Number), expect.any(Number)];
  const idle = expect.any(Number);
  expect(results).toEqual([
    { contestant: 'bare-keys', startUps, idle },
    { contestant: 'bare-sessions', startUps, idle, sessionBytes: expect.any(Number) },
  ]);

  const { sessionBytes } = results[1]!;
  // Not less than its key and value, and not twice as much
  expect(sessionBytes).toBeGreaterThan(230);
  expect(sessionBytes).toBeLessThan(460);

  const client = new Redis(redis.credentials);
  stopAtEnd(async () => client.disconnect());
  await client.ping();
  const counted = await redis.countCommands(async () => {
    await client.eval("redis.call('SET', 'a', 1) return redis.call('GET', 'a')", 0);
    return client.get('a');
  });
  expect(counted).toEqual({ commands: 2, result: '1' }); // those of the script are part of it
});
