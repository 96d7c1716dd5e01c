/** A private Redis for the length of the bench: on loopback, with a password, nothing on disk. */
import { randomUUID } from 'node:crypto';
import { on } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisCredentials } from '../foundry/environment.ts';
import { findPort } from '../processes/port.ts';
import { Problem } from '../command-line/problem.ts';
import { startProcess } from './processes.ts';

export interface RedisServer {
  pid: number;
  credentials: RedisCredentials;
  /**
   * Counts the commands that clients send while the action runs. MONITOR shows them, and marks
   * what Lua scripts call, which INFO counts like any other command. It slows Redis down, so
   * nothing else should be measured meanwhile.
   */
  countCommands<T>(action: () => Promise<T>): Promise<{ commands: number; result: T }>;
  stop(): Promise<void>;
}

const ANSWER_WITHIN = 10_000; // milliseconds, its start included

/** The prefix comes before the command, to pin it. */
export async function startRedis(prefix: string[], directory: string): Promise<RedisServer> {
  const credentials = { host: '127.0.0.1', password: randomUUID(), port: await findPort(0) };
  // A file, as the arguments of a process can be read by every user of the machine.
  const file = join(directory, 'redis.conf');
  await writeFile(file, configuration(credentials));

  const command = [...prefix, 'redis-server', file];
  const server = await startProcess('redis-server', command, directory);
  const client = new Redis({
    ...credentials,
    commandTimeout: ANSWER_WITHIN,
    maxRetriesPerRequest: null,
    retryStrategy: () => 20,
  });
  client.on('error', () => {}); // refused until the server listens

  try {
    await client.ping();
  } catch {
    await stop();
    throw new Problem(`redis-server did not start. It printed:\n${await server.output()}`);
  }
  return { pid: server.pid, credentials, countCommands, stop };

  async function countCommands<T>(action: () => Promise<T>) {
    const monitor = await client.monitor();
    try {
      const feed = on(monitor, 'monitor', { close: ['close'] });
      const result = await action();
      const last = randomUUID();
      await client.echo(last);

      let commands = 0;
      for await (const [, words, source] of feed) {
        if (words.includes(last)) return { commands, result };
        if (source !== 'lua') commands++;
      }
      throw new Problem('Redis ended the connection that watched its commands.');
    } finally {
      monitor.disconnect();
    }
  }

  async function stop() {
    client.disconnect();
    await server.stop();
  }
}

function configuration({ host, port, password }: RedisCredentials): string {
  return `
bind ${host}
port ${port}
requirepass ${password}
save ""
appendonly no
`;
}
