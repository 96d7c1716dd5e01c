/** Starts, stops and kills one child, which has a process group to itself like a container. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Print } from './output.ts';

/** From SIGTERM to SIGKILL, as on the platform. */
const GRACE_PERIOD = 10 * 1000; // 10 seconds

export interface Process {
  name: string;
  pid: number;
  /** Resolves to how it ended, as "exit code 1". Nothing of it is left then. */
  ended: Promise<string>;
  /** Asks it to end, kills it after the grace period, and waits for its end. */
  stop(): Promise<void>;
  kill(): void;
}

export interface Start {
  name: string;
  command: [string, ...string[]];
  cwd: string;
  /** All it gets: nothing of the caller's environment is added. */
  env: NodeJS.ProcessEnv;
}

/** Rejects when the command cannot be run. `print` gets its output, line by line. */
export async function startProcess(start: Start, print: Print): Promise<Process> {
  const { name, command, cwd, env } = start;
  const [program, ...args] = command;
  // A group of its own also keeps the terminal's Ctrl-C from it: it is stopped as on the platform.
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = untilEnded();
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', print);
  await once(child, 'spawn');

  return { name, pid: child.pid!, ended, stop, kill };

  async function untilEnded(): Promise<string> {
    const closed = new Promise((resolve) => child.once('close', resolve));
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.once('exit', (...end) => resolve(end));
    });
    kill(); // what it started ends with it
    await closed;
    return signal ? `signal ${signal}` : `exit code ${code}`;
  }

  async function stop() {
    child.kill('SIGTERM');
    const timer = setTimeout(() => {
      print(`did not end within ${GRACE_PERIOD / 1000} seconds of SIGTERM, and is killed`);
      kill();
    }, GRACE_PERIOD);
    await ended;
    clearTimeout(timer);
  }

  function kill() {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // nobody of the group is left
    }
  }
}
