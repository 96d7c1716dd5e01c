/** A Redis full of keys, and with a few that are very large. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { HOST, type Servers } from '../redis/servers.ts';

/** Half of the keys are read under load, as `user:0`; the others are deleted, as `old:0:1`. */
export interface Amount {
  keys: number;
  elements: number;
  megabytes: number;
}

/** As many as Redis can make within a tenth of a second. */
const AT_A_TIME = 20_000;
const BINARY_KEYS = 1000;
const LARGE_ELEMENT = 16 * 1024 * 1024; // bytes

/** Each takes the first number and the number after the last. */
const KEYS =
  "for i = ARGV[1], ARGV[2] - 1 do redis.call('SET', 'user:' .. i, 'value ' .. i) redis.call('SET', 'old:' .. i % 10 .. ':' .. i, i) end";
const LIST = "for i = ARGV[1], ARGV[2] - 1 do redis.call('RPUSH', 'large:list', i) end";
const HASH =
  "for i = ARGV[1], ARGV[2] - 1 do redis.call('HSET', 'large:hash', 'field ' .. i, i) end";

/** Starts a server without a limit of memory, and fills it. */
export async function startFilled(servers: Servers, { keys, elements, megabytes }: Amount) {
  const password = randomBytes(16).toString('hex');
  const { port } = await servers.start({ name: 'redis', password });
  // It ends with the server, whose end is no surprise
  const redis = new Redis({ host: HOST, port, password, retryStrategy: () => null });
  redis.on('error', () => {});
  await repeat(KEYS, keys / 2);
  await repeat(LIST, elements);
  await repeat(HASH, elements / 10);
  await redis.setrange('large:value', 1024 * 1024 * megabytes - 1, 'x');
  for (let i = 0; i < 4; i++) await redis.rpush('large:elements', Buffer.alloc(LARGE_ELEMENT, i));
  await redis.hset('large:field', { small: 'x', large: Buffer.alloc(LARGE_ELEMENT) });
  for (let i = 0; i < BINARY_KEYS; i++) await redis.set(randomBytes(20), randomBytes(100));
  await redis.slowlog('RESET');
  return { credentials: { host: HOST, port, password }, listSlowCommands };

  async function listSlowCommands(): Promise<string[]> {
    const entries = (await redis.slowlog('GET', 100)) as [number, number, number, string[]][];
    return entries.map(([, , took, words]) => `${words[0]} (${Math.round(took / 1000)} ms)`);
  }

  async function repeat(script: string, count: number): Promise<void> {
    for (let first = 0; first < count; first += AT_A_TIME)
      await redis.eval(script, 0, first, Math.min(first + AT_A_TIME, count));
  }
}
