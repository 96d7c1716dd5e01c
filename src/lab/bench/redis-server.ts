/** The private Redis of the bench, which counts commands. */
import { randomUUID } from 'node:crypto';
import { on } from 'node:events';
import { Redis } from 'ioredis';
import { Problem } from '../command-line/problem.ts';
import type { RedisCredentials } from '../foundry/environment.ts';
import { createServers } from '../redis/servers.ts';

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

/** The prefix comes before the command, to pin it. */
export async function startRedis(prefix: string[], directory: string): Promise<RedisServer> {
  const servers = createServers(directory);
  const server = await servers.start({ name: 'redis-server', password: randomUUID(), prefix });
  const { host, port, password } = server;
  const credentials = { host, port, password };
  const client = new Redis(credentials);

  return { pid: server.process.pid, credentials, countCommands, stop };

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
    await servers.stop();
  }
}
