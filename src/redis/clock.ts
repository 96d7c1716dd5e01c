/** The time on Redis' clock: the one that all instances share, whatever their own clocks say. */
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { explain, isForbidden } from './explain.ts';

/** Two good clocks drift apart by a few milliseconds in this time. */
const READ_EVERY = 60_000; // milliseconds

export interface Clock {
  /** Milliseconds since 1970. Asks nobody: Redis' time was read not long ago. */
  now(): number;
}

/**
 * Reads Redis' time now, whenever it is connected anew, and once a minute. In between, and while
 * Redis is away, the time goes on by the monotonic clock of this process.
 */
export function followClock(redis: RedisClient, log: Log): Clock {
  let offset = Date.now() - performance.now();
  let hasComplained = false;

  void read();
  redis.on('ready', () => void read());
  setInterval(() => void read(), READ_EVERY).unref();

  return { now: () => Math.round(performance.now() + offset) };

  async function read() {
    if (redis.status !== 'ready') return;
    try {
      const [seconds, microseconds] = (await redis.time()).map(Number) as [number, number];
      offset = seconds * 1000 + microseconds / 1000 - performance.now();
    } catch (error) {
      // Whatever else keeps Redis from answering, the next attempt may find gone
      if (isForbidden(error as Error) && !hasComplained) complain(error as Error);
    }
  }

  function complain(error: Error) {
    hasComplained = true;
    log(`${explain(error)}. Sessions go by the clock of this instance: it could not ask for TIME`);
  }
}
