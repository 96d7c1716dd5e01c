/** Starts the Redis servers of a suite, on free loopback ports. They end with the suite. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { silence } from '../../src/lab/processes/output.ts';
import { findPort } from '../../src/lab/processes/port.ts';
import { findNodePort } from '../../src/lab/redis/cluster.ts';
import type { Process } from '../../src/lab/processes/process.ts';
import { createServers, type Server, type Servers } from '../../src/lab/redis/servers.ts';
import { stopAtEnd } from './cleanup.ts';

export interface RedisServer {
  host: '127.0.0.1';
  port: number;
  password: string | null;
  readonly process: Process;
  stop(): Promise<void>;
  /** Starts a server again at the same port, after `stop`. */
  restart(): Promise<void>;
}

interface RedisOptions {
  password?: string;
  /** Further words for redis-server's command line. */
  args?: string[];
  /** Listen for TLS instead of plain connections. */
  tls?: boolean;
}

/** Resolves when the server accepts connections. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { password, args = [], tls = false } = options;
  const servers = await useServers();
  const port = await (args.includes('--cluster-enabled') ? findNodePort() : freePort());
  const listen = tls ? ['port 0', `tls-port ${port}`] : [];
  const plan = { name: 'redis', port, password, configuration: listen, words: args };
  return asRedisServer(await servers.start(plan));
}

/** Servers in a directory of their own. */
export async function useServers(): Promise<Servers> {
  silence();
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  const servers = createServers(directory);
  stopAtEnd(async () => {
    await Promise.all([...servers.byName.values()].map((server) => server.kill()));
    await rm(directory, { recursive: true, force: true });
  });
  return servers;
}

export function asRedisServer(server: Server): RedisServer {
  return {
    host: server.host,
    port: server.port,
    password: server.password || null,
    get process() {
      return server.process;
    },
    stop: () => server.kill(),
    restart: () => server.startAgain(),
  };
}

/** A client of the test's own, which leaves at the end of the suite. */
export function connectTo({ port }: { port: number }): Redis {
  // For a server that is gone, it would wait for two seconds after the end of the suite
  const client = new Redis({ port, disconnectTimeout: 100 });
  stopAtEnd(async () => client.disconnect());
  return client;
}

/** A client of a user who has these rights, which leaves at the end of the suite. */
export async function connectAsUser(admin: Redis, ...rights: string[]): Promise<Redis> {
  await admin.acl('SETUSER', 'few', 'reset', 'on', '>few', ...rights);
  const options = { username: 'few', password: 'few', enableReadyCheck: false };
  const client = admin.duplicate(options);
  stopAtEnd(() => client.quit());
  return client;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return findPort(0);
}
