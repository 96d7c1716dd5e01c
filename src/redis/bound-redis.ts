/** Connects the app to its bound Redis. */
import type { ConnectionOptions } from 'node:tls';
import { type Binding, UNBOUND } from '../cloudfoundry/binding.ts';
import { type Connection, describe, type Trust } from '../connection.ts';
import type { Log } from '../log.ts';
import { type Availability, watchAvailability } from './availability.ts';
import { createClient, type RedisClient } from './client.ts';
import { type Clock, followClock } from './clock.ts';
import { createDiagnosis } from './diagnosis/diagnosis.ts';
import { type Failovers, watchFailovers } from './failovers.ts';
import { createProbe, fail, type Probe } from './probe.ts';
import { type Confirm, createConfirm } from './wait-replicas.ts';
import { createStateLog } from './state-log.ts';
import { tlsOptions } from './tls.ts';
import { logWarnings } from './warnings.ts';

/** A Redis that is bound and can be used, even if it is away now. */
export interface BoundRedis {
  connection: Connection;
  /** For further connections. */
  tls: ConnectionOptions | undefined;
  client: RedisClient;
  /** For reads that may be a little old; null: they go to the primary. */
  replica: RedisClient | null;
  /** For what is confirmed by `confirm`; without it, the same as `client`. */
  writer: RedisClient;
  /** Waits until replicas have what `writer` wrote; null: nothing waits for replicas. */
  confirm: Confirm | null;
  clock: Clock;
  failovers: Failovers;
  close(): Promise<void>;
}

interface Connected {
  /** null: nothing is bound, or what is bound cannot be used. */
  redis: BoundRedis | null;
  availability: Availability;
  /** Says of a Redis that is not there what is wrong, too. */
  probe: Probe['ask'];
}

interface Settings {
  trust: Trust;
  reads: 'primary' | 'replica';
  /** How many replicas must confirm a write; 0: none. */
  waitReplicas: number;
}

/**
 * Resolves when the first attempt to connect has succeeded or failed: the app starts without Redis
 * as well. Never throws.
 */
export async function connectRedis(
  binding: Binding,
  settings: Settings,
  log: Log,
): Promise<Connected> {
  const { connection, service } = binding;
  if (!connection) return unusable(binding.problem);

  let tls: ConnectionOptions | undefined;
  try {
    tls = connection.tls ? tlsOptions(connection.tls, settings.trust) : undefined;
  } catch (error) {
    const { message } = error as Error;
    return unusable(
      `Service "${service?.name}" cannot be used: its certificates or its key are unreadable (${message})`,
    );
  }

  const client = createClient(connection, { tls });
  let probe: Probe | null = null;
  const say = createStateLog(log, `Redis is connected: ${describe(connection)}`);
  const { availability, known } = watchAvailability(client, {
    login: connection.login,
    diagnose: createDiagnosis(connection, tls),
    say,
    onAvailable: () => probe?.askAnew(),
  });
  logWarnings(client, settings.waitReplicas, log);
  const clock = followClock(client, log);
  const failovers = watchFailovers(client, clock);
  client.connect().catch(() => {}); // an 'error' event reports the same
  await known;

  const { reads, waitReplicas } = settings;
  // WAIT holds up all that follows on its connection: confirmed writes have one of their own
  const writer = waitReplicas > 0 ? await connectFurther(false) : client;
  const confirm = waitReplicas > 0 ? createConfirm(writer, waitReplicas) : null;
  const hasReplicas = connection.kind !== 'standalone';
  const replica = reads === 'replica' && hasReplicas ? await connectFurther(true) : null;
  const redis = { connection, tls, client, replica, writer, confirm, clock, failovers, close };
  probe = createProbe({ client, writer, confirm, availability, say });
  await probe.ask();
  return { redis, availability, probe: probe.ask };

  async function connectFurther(fromReplica: boolean): Promise<RedisClient> {
    const further = createClient(connection!, { tls, fromReplica });
    further.on('error', () => {}); // the availability of `client` logs the same
    await firstAttempt(further);
    return further;
  }

  async function close(): Promise<void> {
    await client.quit().catch(() => {}); // Redis is away
    for (const each of [client, writer, replica]) each?.disconnect();
  }

  function unusable(problem: string | null): Connected {
    log(problem ?? 'No Redis service is bound');
    const sentence = problem ?? UNBOUND;
    const availability = { isAvailable: false, problem, explain: () => sentence };
    return { redis: null, availability, probe: async () => fail(sentence) };
  }
}

/** connect() itself does not settle while a Sentinel is away. */
function firstAttempt(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['ready', 'error', 'close']) client.once(event, () => resolve());
    client.connect().catch(() => {}); // an 'error' event reports the same
  });
}
