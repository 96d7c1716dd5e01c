/** Counts commands, by Redis' own statistics. */
import type { Redis } from 'ioredis';

/** These come from the tests, or once a minute from the app's clock. */
const NOT_COUNTED = new Set(['info', 'config|resetstat', 'config', 'time']);

/** Returns how often each command ran during the action, scripts' commands included. */
export async function countCommands(redis: Redis, action: () => PromiseLike<unknown>) {
  await redis.config('RESETSTAT');
  await action();
  const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_(\S+):calls=(\d+)/gm);
  const counts = Array.from(lines, ([, name, calls]) => [name!, Number(calls)] as const);
  return withoutHeartbeats(Object.fromEntries(counts.filter(([name]) => !NOT_COUNTED.has(name))));
}

/** Returns how often the command ran since the server's start. */
export async function countCalls(redis: Redis, command: string): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
}

/** A heartbeat is one HSET, which nothing else uses, and one PEXPIRE. */
function withoutHeartbeats({ hset = 0, pexpire = 0, ...counts }: Record<string, number>) {
  const others = pexpire - hset;
  return others > 0 ? { ...counts, pexpire: others } : counts;
}
