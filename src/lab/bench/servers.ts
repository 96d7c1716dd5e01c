/** Starts the contestants as the platform would, several times each, and stops them for certain. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';
import { instanceEnvironment, type RedisCredentials } from '../foundry/environment.ts';
import { findPort } from '../processes/port.ts';
import { type Process, startProcess } from '../processes/process.ts';
import { until } from '../processes/until.ts';
import type { Contestant } from './contestants.ts';

export interface Servers {
  /** Milliseconds until the first answer, of every start. The last start of each keeps running. */
  start(contestants: Contestant[], credentials: RedisCredentials): Promise<StartUps>;
  find(contestant: Contestant): Server;
  stop(): Promise<void>;
}

type StartUps = Map<Contestant, number[]>;

export interface Server {
  name: string;
  origin: string;
  process: Process;
  /** The end of what the process printed. */
  output(): Promise<string>;
}

const STARTS = 3;
const START_WITHIN = 15_000; // milliseconds
const OUTPUT = 2000; // characters

/** The prefix comes before each command, to pin it; logs go to the directory. */
export function createServers(prefix: string[], directory: string, signal: AbortSignal): Servers {
  const running = new Map<Contestant, Server>();
  return { start, find, stop };

  async function start(contestants: Contestant[], credentials: RedisCredentials) {
    const startUps: StartUps = new Map(contestants.map((contestant) => [contestant, []]));
    for (let round = 1; round <= STARTS; round++) {
      for (const contestant of contestants) {
        await running.get(contestant)?.process.stop();
        startUps.get(contestant)!.push(await startOne(contestant, credentials));
      }
    }
    return startUps;
  }

  async function startOne(contestant: Contestant, credentials: RedisCredentials) {
    const begin = performance.now();
    const server = await startServer(contestant, credentials, prefix, directory);
    running.set(contestant, server);
    await untilAnswering(server, signal);
    return performance.now() - begin;
  }

  function find(contestant: Contestant) {
    return running.get(contestant)!;
  }

  async function stop() {
    for (const server of running.values()) await server.process.stop();
  }
}

/** Starts a contestant as the first instance of its app. */
export async function startServer(
  { name, command, directory: home = process.cwd(), settings }: Contestant,
  credentials: RedisCredentials,
  prefix: string[],
  directory: string,
): Promise<Server> {
  const port = await findPort(0);
  const instance = { index: 0, guid: randomUUID(), port, home, temporaryDirectory: directory };
  const env = { ...instanceEnvironment(instance, credentials), ...settings };
  const logFile = join(directory, `${name.replaceAll(/\W+/g, '-')}.log`);
  const start = { name, command: concat(prefix, command), cwd: home, env, logFile };
  const child = await startProcess(start, console.error);
  const output = async () => (await readFile(logFile, 'utf8')).slice(-OUTPUT) || 'nothing';
  return { name, origin: `http://127.0.0.1:${port}`, process: child, output };
}

function concat(prefix: string[], command: string[]): [string, ...string[]] {
  return [...prefix, ...command] as [string, ...string[]];
}

/** Throws a problem with the server's output when the server ends, or does not answer in time. */
export async function untilAnswering(server: Server, signal: AbortSignal): Promise<void> {
  const { name, origin, process: child } = server;
  const attempt = () => (child.isRunning() ? answers(origin) : Promise.reject());
  try {
    await until(`${name} to answer`, attempt, { limit: START_WITHIN, pause: 10, signal });
  } catch {
    signal.throwIfAborted();
    throw new Problem(`${name} did not start. It printed: ${await server.output()}`);
  }
}

/** True below 500: a server that does not reach its Redis yet answers 503. */
async function answers(origin: string): Promise<boolean> {
  return ask(`${origin}/missing`, {}, 1000).then(
    ({ status }) => status < 500,
    () => false,
  );
}
