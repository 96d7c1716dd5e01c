/** The Redis servers of a foundry: each can be killed and started again, all are stopped together. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Problem } from '../../command-line/problem.ts';
import type { Process } from '../processes.ts';
import { startRedisProcess } from './process.ts';

export const HOST = '127.0.0.1';

/** Long enough for a desk with busy processors. */
const TIMEOUT = 60 * 1000; // 60 seconds
const INTERVAL = 50; // milliseconds

interface Plan {
  name: string;
  port: number;
  password: string;
  /** Lines of its configuration file, beside those that every server has. */
  configuration: string[];
  isSentinel?: boolean;
}

export interface Server {
  name: string;
  port: number;
  password: string;
  /** Sends one command over a connection of its own. Rejects while the server is away. */
  ask(command: string, ...args: (string | number)[]): Promise<unknown>;
  /** It ends as on a machine that fails: it tells nobody, and saves nothing. */
  kill(): Promise<void>;
  /** After it was killed, with further words behind its configuration file. */
  startAgain(...words: string[]): Promise<void>;
}

export interface Servers {
  /** For files that belong to none of them. */
  directory: string;
  /** Resolves when the server accepts connections. Its files are in a directory of its own. */
  start(plan: Plan): Promise<Server>;
  /** Asks again and again until there is an answer that is neither false nor null. */
  until<Answer>(ask: () => Promise<Answer | false | null>, goal: string): Promise<Answer>;
  /** Rejects when one ends that was not told to. */
  crashed: Promise<never>;
  stop(): Promise<void>;
  kill(): void;
}

export function createServers(directory: string): Servers {
  const launches = new Set<Promise<Process>>();
  /** Those that are to go on running. */
  const running = new Set<Process>();
  let isStopped = false;
  let crash: (problem: Problem) => void;
  const crashed = new Promise<never>((_, reject) => (crash = reject));
  crashed.catch(() => {}); // nobody may wait for it yet

  return { directory, start, until, crashed, stop, kill };

  async function start(plan: Plan): Promise<Server> {
    const { name, port, password, isSentinel } = plan;
    const home = join(directory, name.replace('/', '-'));
    await mkdir(home);
    // A file, as the arguments of a process can be read by every user of the machine
    const file = join(home, 'redis.conf');
    await writeFile(file, formatConfiguration(plan), { mode: 0o600 });
    const mode = isSentinel ? ['--sentinel'] : [];
    let child = await launch(name, home, [file, ...mode]);

    return {
      name,
      port,
      password,
      ask: (command, ...args) => ask(plan, command, args),
      async kill() {
        running.delete(child);
        child.kill();
        await child.ended;
      },
      async startAgain(...words) {
        child = await launch(name, home, [file, ...mode, ...words]);
      },
    };
  }

  async function launch(name: string, home: string, words: string[]): Promise<Process> {
    throwIfStopped();
    const launched = startRedisProcess(name, home, words);
    launches.add(launched);
    const child = await launched;
    running.add(child);
    void child.ended.then((how) => {
      if (running.delete(child)) crash(new Problem(`${name} ended by itself (${how}).`));
    });
    return child;
  }

  async function until<Answer>(request: () => Promise<Answer | false | null>, goal: string) {
    const deadline = performance.now() + TIMEOUT;
    while (performance.now() < deadline) {
      throwIfStopped();
      const answer = await request().catch(() => null);
      if (answer !== null && answer !== false) return answer;
      await sleep(INTERVAL);
    }
    throw new Problem(`Redis took longer than ${TIMEOUT / 1000} seconds to ${goal}.`);
  }

  async function stop() {
    isStopped = true;
    await Promise.allSettled(launches);
    const all = [...running];
    running.clear();
    await Promise.all(all.map((child) => child.stop()));
  }

  function kill() {
    for (const child of running) child.kill();
  }

  function throwIfStopped(): void {
    if (isStopped) throw new Problem('The foundry stops.');
  }
}

function formatConfiguration({ port, password, configuration, isSentinel = false }: Plan): string {
  const lines = [`bind ${HOST}`, `port ${port}`, `requirepass ${password}`];
  const ofServers = ['maxmemory 262144000', 'save ""', 'appendonly no'];
  return [...lines, ...(isSentinel ? [] : ofServers), ...configuration, ''].join('\n');
}

async function ask(
  { port, password }: Plan,
  command: string,
  args: (string | number)[],
): Promise<unknown> {
  const redis = new Redis({
    host: HOST,
    port,
    password,
    lazyConnect: true,
    protocol: 2,
    enableReadyCheck: false,
    retryStrategy: () => null,
    socketTimeout: 1000, // milliseconds
  });
  redis.on('error', () => {}); // connect() and call() tell it as well
  try {
    await redis.connect();
    return await redis.call(command, args);
  } finally {
    redis.disconnect();
  }
}
