/** Measures the memory of signed-in users in Redis. */
import type { Redis } from 'ioredis';

const AT_A_TIME = 50;

/** Returns bytes of used_memory per user, after so many have signed in. Deletes all keys first. */
export async function measureSessionBytes(
  redis: Redis,
  users: number,
  signIn: (user: string) => Promise<unknown>,
): Promise<number> {
  await signIn('first-user'); // scripts that Redis keeps are no part of a session
  await redis.flushall();
  const before = await readUsedMemory(redis);
  for (let first = 0; first < users; first += AT_A_TIME) {
    const names = Array.from({ length: AT_A_TIME }, (_, i) => `user-${first + i}`);
    await Promise.all(names.map(signIn));
  }
  return ((await readUsedMemory(redis)) - before) / users;
}

async function readUsedMemory(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))![1]);
}
