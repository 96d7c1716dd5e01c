/** A throw-away redis-server on a free loopback port, so that suites can run side by side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { stopAtEnd } from './cleanup.ts';

export interface RedisServer {
  host: '127.0.0.1';
  port: number;
  password: string | null;
  process: ChildProcess;
  stop(): Promise<void>;
  /** Starts a server anew at the same port, after `stop`. */
  restart(): Promise<void>;
}

export interface RedisOptions {
  password?: string;
  /** Further words for redis-server's command line. */
  args?: string[];
  /** Listen for TLS instead of plain connections. */
  tls?: boolean;
  /** A file that comes before the command line, as Sentinel wants one. */
  configFile?: string;
}

/** The second is Sentinel's. */
const READY = /Ready to accept connections|Sentinel ID is/;

/** Resolves when the server accepts connections. It is stopped at the end of the suite. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'redis-'));
  const port = await freePort();
  const server: RedisServer = {
    host: '127.0.0.1',
    port,
    password: options.password ?? null,
    process: await launch(directory, port, options),
    async stop() {
      await kill(server.process);
      await rm(directory, { recursive: true, force: true });
    },
    async restart() {
      server.process = await launch(await mkdtemp(join(tmpdir(), 'redis-')), port, options);
    },
  };
  stopAtEnd(() => server.stop());
  return server;
}

/** A client of the test's own, which leaves at the end of the suite. */
export function connectTo({ port }: { port: number }): Redis {
  const client = new Redis(port);
  stopAtEnd(() => client.quit());
  return client;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function launch(cwd: string, port: number, options: RedisOptions): Promise<ChildProcess> {
  const { password, args = [], tls = false, configFile } = options;
  const listen = tls ? ['--port', '0', '--tls-port', `${port}`] : ['--port', `${port}`];
  const words = [...listen, '--bind', '127.0.0.1', ...args];
  if (configFile) words.unshift(configFile);
  else words.push('--save', '');
  if (password) words.push('--requirepass', password);

  const child = spawn('redis-server', words, {
    cwd,
    // Jest's own copy, with the PATH of the suite
    env: process.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (READY.test(line)) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`redis-server did not start:\n${lines.join('\n')}`);
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
