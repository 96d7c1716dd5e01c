/** Watches the connection to Redis, and logs each change once. */
import { type Connection, describe } from '../connection.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { explain, isDatabaseRefused } from './explain.ts';

export interface Availability {
  isAvailable: boolean;
  /** A sentence for people; null while Redis is available. */
  problem: string | null;
}

/** Call it before the client connects. */
export function watchAvailability(
  redis: RedisClient,
  connection: Connection,
  log: Log,
): Availability {
  const availability: Availability = { isAvailable: false, problem: 'Redis is being connected' };
  const reported = new Set<string>();
  let lastError: Error | null = null;

  redis.on('ready', () => {
    // When SELECT is refused, ioredis would go on in database 0
    if (lastError && isDatabaseRefused(lastError)) return redis.disconnect();

    availability.isAvailable = true;
    availability.problem = null;
    reported.clear();
    lastError = null;
    log(`Redis is connected: ${describe(connection)}`);
    // Without a password in the binding, no AUTH has been sent that could fail
    redis.ping().catch((error: Error) => {
      if (!error.message.startsWith('NOAUTH')) return;
      availability.isAvailable = false;
      report(error);
    });
  });
  redis.on('error', (error: Error) => {
    lastError = error;
    if (!availability.isAvailable) report(error);
  });
  // A connection that breaks reports an error first; one that the server closes does not
  redis.on('close', () => {
    availability.isAvailable = false;
    if (lastError) report(lastError);
    else availability.problem = 'Redis has closed the connection';
  });
  return availability;

  function report(error: Error) {
    const problem = explain(error);
    availability.problem = problem;
    if (!reported.has(problem)) log(problem);
    reported.add(problem);
  }
}
