/** Makes an ioredis client for a connection: the one place that knows the topologies apart. */
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';
import type { Address, Connection } from '../connection.ts';
import { batchWrites } from './batching.ts';
import { followsFromLogin } from './explain.ts';

export type RedisClient = Redis | Cluster;

/** Together with the pause between two attempts, less than the second of a request. */
const CONNECT_TIMEOUT = 800; // milliseconds
const ANSWER_TIMEOUT = 800; // milliseconds
/** Short enough for the primary to be asked within the same second. */
const REPLICA_ANSWER_TIMEOUT = 150; // milliseconds
const LONGEST_RECONNECT_DELAY = 500; // milliseconds
/** A Cluster does not announce a failover; only commands for keys that have moved reveal it. */
const SLOTS_REFRESH_INTERVAL = 5000; // milliseconds

export interface ClientOptions {
  /** From tlsOptions(), for a connection over TLS. */
  tls?: ConnectionOptions;
  /** False: give up when the first attempt fails. */
  reconnect?: boolean;
  /** True: reads only, from a replica or the reader endpoint. A standalone Redis has neither. */
  fromReplica?: boolean;
}

/**
 * Returns a client that connects on `connect()` and then reconnects by itself. While Redis is away, it
 * refuses commands at once instead of queueing them.
 */
export function createClient(
  connection: Connection,
  { tls, reconnect = true, fromReplica = false }: ClientOptions,
): RedisClient {
  const answerTimeout = fromReplica ? REPLICA_ANSWER_TIMEOUT : ANSWER_TIMEOUT;
  const retryStrategy = reconnect ? reconnectDelay : () => null;
  const options: RedisOptions = {
    username: connection.login.username ?? undefined,
    password: connection.login.password ?? undefined,
    tls,
    lazyConnect: true,
    // RESP3 begins with HELLO, which a user with few rights may not send
    protocol: 2,
    // Nor CLIENT SETINFO, which Redis would log as denied each time (since 7.2)
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT,
    socketTimeout: answerTimeout,
    disconnectTimeout: answerTimeout,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: isReadOnly,
    retryStrategy,
  };
  const db = connection.database;

  switch (connection.kind) {
    case 'standalone':
      return prepare(new Redis({ ...options, ...connection.node, db }));
    case 'replicated': {
      const address = fromReplica ? connection.reader : connection.primary;
      return prepare(new Redis({ ...options, ...address, db }));
    }
    case 'sentinel':
      return prepare(
        new Redis({
          ...options,
          db,
          sentinels: connection.sentinels,
          name: connection.masterName,
          role: fromReplica ? 'slave' : 'master',
          sentinelUsername: connection.sentinelLogin.username ?? undefined,
          sentinelPassword: connection.sentinelLogin.password ?? undefined,
          sentinelTLS: tls,
          enableTLSForSentinelMode: tls !== undefined,
          sentinelCommandTimeout: ANSWER_TIMEOUT,
          sentinelRetryStrategy: retryStrategy,
        }),
      );
    case 'cluster':
      return createCluster(connection.nodes, options, fromReplica);
  }
}

/**
 * Uses a connection of its own, which is tried once and closed afterwards. Throws what Redis, the
 * network or TLS report first.
 */
export async function useOnce<Result>(
  connection: Connection,
  tls: ConnectionOptions | undefined,
  use: (redis: RedisClient) => Promise<Result>,
): Promise<Result> {
  const redis = createClient(connection, { tls, reconnect: false });
  let reason: Error | undefined;
  redis.on('error', (error) => {
    if (!followsFromLogin(error, connection.login)) reason ??= error;
  });
  try {
    await redis.connect();
    return await use(redis);
  } catch (error) {
    // connect() itself reports only that the connection is closed
    throw reason ?? error;
  } finally {
    redis.disconnect();
  }
}

function createCluster(nodes: Address[], options: RedisOptions, fromReplica: boolean): Cluster {
  const { retryStrategy, ...redisOptions } = options;
  const cluster = new Cluster(nodes, {
    redisOptions,
    // The primary where there is no replica
    scaleReads: fromReplica ? 'slave' : 'master',
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: ANSWER_TIMEOUT,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL,
    maxRedirections: fromReplica ? 1 : 4,
    retryDelayOnFailover: 100,
    retryDelayOnClusterDown: 100,
    // Certificates name hosts: an address that was looked up would not match them
    ...(options.tls && { dnsLookup: (host, callback) => callback(null, host) }),
  });
  cluster.on('+node', prepareNode);
  return limitWait(cluster, redisOptions.socketTimeout!);
}

/** While nodes hang, a command would wait until ioredis has asked one after the other for the slots. */
function limitWait(cluster: Cluster, time: number): Cluster {
  const sendCommand = cluster.sendCommand.bind(cluster);
  cluster.sendCommand = (command, ...rest) => {
    command.setTimeout(time);
    return sendCommand(command, ...rest);
  };
  return cluster;
}

/** Returns a further client for the same connection, which connects on `connect()`. */
export function duplicateClient(redis: RedisClient): RedisClient {
  if (redis instanceof Cluster) return redis.duplicate().on('+node', prepareNode);
  return prepareNode(redis.duplicate());
}

function prepare(redis: Redis): Redis {
  // ioredis itself would close the connection without a word
  redis.options.reconnectOnError = (error) => isReadOnly(error) && redis.emit('error', error);
  return prepareNode(redis);
}

function prepareNode(redis: Redis): Redis {
  // ioredis listens for one error, but TLS reports an alert of the server, and then that it hangs up
  const listenOn = () => redis.stream?.on('error', () => {});
  redis.on('connect', listenOn);
  redis.on('connecting', () => setImmediate(listenOn)); // an alert may come before
  return batchWrites(redis);
}

/** After a failover this server is a replica; its address may lead to the new primary by now. */
function isReadOnly(error: Error): boolean {
  return error.message.startsWith('READONLY');
}

function reconnectDelay(attempt: number): number {
  return Math.min(attempt * 50, LONGEST_RECONNECT_DELAY);
}
