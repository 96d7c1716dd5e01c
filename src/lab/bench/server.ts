/** A contestant that is up and answers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { instanceEnvironment, type RedisCredentials } from '../foundry/environment.ts';
import { findPort } from '../processes/port.ts';
import { Problem } from '../command-line/problem.ts';
import type { Contestant } from './contestants.ts';
import { startProcess, type Process } from './processes.ts';

export interface Server {
  name: string;
  origin: string;
  process: Process;
}

const START_WITHIN = 15_000; // milliseconds
const ASKED_EVERY = 10; // milliseconds

/** Starts it as the platform would, as its first instance. The prefix comes before its command. */
export async function startServer(
  { name, command, directory: home = process.cwd(), settings }: Contestant,
  credentials: RedisCredentials,
  prefix: string[],
  directory: string,
): Promise<Server> {
  const port = await findPort(0);
  const instance = { index: 0, guid: randomUUID(), port, home, temporaryDirectory: directory };
  const env = { ...instanceEnvironment(instance, credentials), ...settings };
  const child = await startProcess(name, [...prefix, ...command], directory, { env, cwd: home });
  return { name, origin: `http://127.0.0.1:${port}`, process: child };
}

/** Throws with what the server printed when it ends, or does not answer in time. */
export async function untilAnswering(
  { name, origin, process: child }: Server,
  signal: AbortSignal,
) {
  const deadline = performance.now() + START_WITHIN;
  while (!(await answers(origin))) {
    signal.throwIfAborted();
    if (!child.isRunning() || performance.now() > deadline) {
      throw new Problem(
        `${name} did not start. It printed: ${(await child.output()) || 'nothing'}`,
      );
    }
    await sleep(ASKED_EVERY);
  }
}

/** Anything below 500 will do: a server that does not reach its Redis yet says 503. */
async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/missing`, { signal: AbortSignal.timeout(1000) });
    await response.text();
    return response.status < 500;
  } catch {
    return false;
  }
}
