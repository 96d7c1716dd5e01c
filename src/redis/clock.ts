/** The time on Redis' clock, which all instances share; their own clocks may differ. */
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { explain, isForbidden } from './explain.ts';

/** Two good clocks drift apart by a few milliseconds in this time. */
const READ_EVERY = 60_000; // milliseconds

export interface Clock {
  /** Milliseconds since 1970. Sends no command: Redis' time was read less than a minute ago. */
  now(): number;
}

/**
 * Reads Redis' time now, at each new connection, and once a minute. In between, and while Redis is
 * away, the monotonic clock of this process counts on.
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
      // Any other error may be gone at the next attempt
      if (isForbidden(error as Error) && !hasComplained) complain(error as Error);
    }
  }

  function complain(error: Error) {
    hasComplained = true;
    log(`${explain(error)}. Sessions go by the clock of this instance: it could not ask for TIME`);
  }
}
