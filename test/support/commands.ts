/** What Redis was asked to do, as it counts it itself. */
import type { Redis } from 'ioredis';

/** Asked by the test, or once a minute for the time. */
const NOT_COUNTED = new Set(['info', 'config|resetstat', 'config', 'time']);

/** How often each command was run while the action ran; those inside of scripts count as well. */
export async function countCommands(redis: Redis, action: () => PromiseLike<unknown>) {
  await redis.config('RESETSTAT');
  await action();
  const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_(\S+):calls=(\d+)/gm);
  const counts = Array.from(lines, ([, name, calls]) => [name!, Number(calls)] as const);
  return withoutHeartbeats(Object.fromEntries(counts.filter(([name]) => !NOT_COUNTED.has(name))));
}

/** A heartbeat is one HSET, which nothing else uses, and one PEXPIRE. */
function withoutHeartbeats({ hset = 0, pexpire = 0, ...counts }: Record<string, number>) {
  const others = pexpire - hset;
  return others > 0 ? { ...counts, pexpire: others } : counts;
}
