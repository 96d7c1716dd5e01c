/** The app's one connection to Redis, and what is known of it. */
import type { ConnectionOptions } from 'node:tls';
import type { Binding } from '../cloudfoundry/binding.ts';
import type { Trust } from '../cloudfoundry/trust.ts';
import type { Log } from '../log.ts';
import { type Availability, watchAvailability } from './availability.ts';
import { createClient, type RedisClient } from './client.ts';
import { type Clock, followClock } from './clock.ts';
import { type Failovers, watchFailovers } from './primaries.ts';
import { tlsOptions } from './tls-options.ts';

export interface RedisLink {
  /** null: nothing is bound, or what is bound cannot be used. */
  client: RedisClient | null;
  availability: Availability;
  clock: Clock;
  failovers: Failovers;
}

/**
 * Connects, and resolves when the first attempt has succeeded or failed: a Redis that is away is
 * no reason not to start.
 */
export async function linkRedis(binding: Binding, trust: Trust, log: Log): Promise<RedisLink> {
  const { connection, problem, service } = binding;
  if (!connection) return unlinked(problem);

  let tls: ConnectionOptions | undefined;
  try {
    tls = connection.tls ? tlsOptions(connection.tls, trust) : undefined;
  } catch (error) {
    const { message } = error as Error;
    return unlinked(
      `Service "${service?.name}" cannot be used: its certificates or its key are unreadable (${message})`,
    );
  }
  const client = createClient(connection, { tls });
  const availability = watchAvailability(client, connection, log);
  const clock = followClock(client, log);
  const failovers = watchFailovers(client, clock);
  await firstAttempt(client);
  return { client, availability, clock, failovers };
}

function unlinked(problem: string | null): RedisLink {
  const availability = { isAvailable: false, problem };
  return { client: null, availability, clock: Date, failovers: { last: null } };
}

/** Not the promise of connect(), which a Sentinel that is away keeps open for ever. */
function firstAttempt(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['ready', 'error', 'close']) client.once(event, () => resolve());
    client.connect().catch(() => {}); // an 'error' has told the same
  });
}
