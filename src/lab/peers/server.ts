/** Starts one instance of a contestant as the platform would. */
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

export interface Server {
  name: string;
  origin: string;
  process: Process;
  /** The end of what the process printed. */
  output(): Promise<string>;
}

const START_WITHIN = 15_000; // milliseconds
const OUTPUT = 2000; // characters

interface Start {
  credentials: RedisCredentials;
  /** For the log and for temporary files. */
  directory: string;
  /** Comes before the command, to pin it. */
  prefix?: string[];
  /** Of the instance; 0 if not given. */
  index?: number;
}

/** Resolves when the process runs; it may not listen yet. */
export async function startServer(
  { name, command, directory: home = process.cwd(), settings }: Contestant,
  { credentials, directory, prefix = [], index = 0 }: Start,
): Promise<Server> {
  const port = await findPort(0);
  const instance = { index, guid: randomUUID(), port, home, temporaryDirectory: directory };
  const env = { ...instanceEnvironment(instance, credentials), ...settings };
  const logFile = join(directory, `${name.replaceAll(/\W+/g, '-')}-${index}.log`);
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
