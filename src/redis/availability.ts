/** Whether Redis is there, and why not; told to the log once per change. */
import { type Connection, describe } from '../connection.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from './client.ts';
import { explain, isDatabaseRefused } from './explain.ts';

export interface Availability {
  isAvailable: boolean;
  /** A sentence for people; null while Redis is there. */
  problem: string | null;
}

/** Follows a client's connection from now on. */
export function watchAvailability(
  redis: RedisClient,
  connection: Connection,
  log: Log,
): Availability {
  const availability: Availability = { isAvailable: false, problem: 'Redis is being connected' };
  const reported = new Set<string>();
  let lastError: Error | null = null;

  redis.on('ready', () => {
    // Where it may not select the database, ioredis would go on in database 0
    if (lastError && isDatabaseRefused(lastError)) return redis.disconnect();

    availability.isAvailable = true;
    availability.problem = null;
    reported.clear();
    lastError = null;
    log(`Redis is connected: ${describe(connection)}`);
    // Without a password in the binding there was no AUTH that could fail
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
  // A connection that breaks tells why before it closes; one that the server closes does not
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
