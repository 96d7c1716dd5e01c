/** The app's one connection to Redis, and what is known of it. */
import type { ConnectionOptions } from 'node:tls';
import type { Config } from '../config.ts';
import type { Connection } from '../connection.ts';
import type { Log } from '../log.ts';
import { type Availability, watchAvailability } from './availability.ts';
import { createClient, type RedisClient } from './client.ts';
import { type Clock, followClock } from './clock.ts';
import { type Confirm, createConfirm } from './replicas.ts';
import { type Failovers, watchFailovers } from './failovers.ts';
import { logEviction } from './eviction.ts';
import { tlsOptions } from './tls-options.ts';

export interface RedisLink {
  /** null: nothing is bound, or what is bound cannot be used. */
  client: RedisClient | null;
  /** For reads that may be a little old; null: they go to the primary as well. */
  replica: RedisClient | null;
  /** null: nobody waits for replicas. */
  confirmed: ConfirmedWrites | null;
  availability: Availability;
  clock: Clock;
  failovers: Failovers;
}

interface ConfirmedWrites {
  /** For writes alone. */
  writer: RedisClient;
  confirm: Confirm;
}

/**
 * Connects, and resolves when the first attempt has succeeded or failed: a Redis that is away is
 * no reason not to start.
 */
export async function linkRedis(config: Config, log: Log): Promise<RedisLink> {
  const { binding, trust } = config;
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
  logEviction(client, log);
  const clock = followClock(client, log);
  const failovers = watchFailovers(client, clock);
  await firstAttempt(client);
  return {
    client,
    availability,
    clock,
    failovers,
    ...(await linkFurther(config, connection, tls)),
  };
}

/** Of what these clients find wrong, the first one has told the log. */
async function linkFurther(
  { areReadsFromReplica, waitReplicas }: Config,
  connection: Connection,
  tls?: ConnectionOptions,
): Promise<Pick<RedisLink, 'replica' | 'confirmed'>> {
  const connect = async (fromReplica: boolean) => {
    const client = createClient(connection, { tls, fromReplica });
    client.on('error', () => {});
    await firstAttempt(client);
    return client;
  };
  const hasReplicas = connection.kind !== 'standalone';
  const writer = waitReplicas > 0 ? await connect(false) : null;
  return {
    replica: areReadsFromReplica && hasReplicas ? await connect(true) : null,
    confirmed: writer && { writer, confirm: createConfirm(writer, waitReplicas) },
  };
}

function unlinked(problem: string | null): RedisLink {
  const availability = { isAvailable: false, problem };
  return {
    client: null,
    replica: null,
    confirmed: null,
    availability,
    clock: Date,
    failovers: { last: null },
  };
}

/** Not the promise of connect(), which a Sentinel that is away keeps open for ever. */
function firstAttempt(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['ready', 'error', 'close']) client.once(event, () => resolve());
    client.connect().catch(() => {}); // an 'error' has told the same
  });
}
