/** Starts child processes, and ends each with all that it has started. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Print } from './output.ts';
import { reapAtEnd } from './reaper.ts';

/** From SIGTERM to SIGKILL, as on the platform. */
const GRACE_PERIOD = 10 * 1000; // 10 seconds

export interface Process {
  name: string;
  pid: number;
  isRunning(): boolean;
  /** Resolves to how it ended, as "exit code 1", when nothing of it is left. */
  ended: Promise<string>;
  /** Sends SIGTERM, kills it after the grace period, and waits for its end. */
  stop(): Promise<void>;
  /** Sends SIGKILL, or another signal, to the process and to all that it has started. */
  kill(signal?: NodeJS.Signals): void;
}

export interface Start {
  name: string;
  command: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment: nothing of the caller's is added. */
  env: NodeJS.ProcessEnv;
  /** A file for the output, where reading it line by line would take time from a measurement. */
  logFile?: string;
}

const running = new Set<ChildProcess>();

/** Whatever ends the program, also ends what it has started; what SIGKILL leaves, the reaper ends. */
export function killAllProcesses(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}
process.on('exit', killAllProcesses);

/** Rejects when the command cannot be run. `print` receives the output, line by line. */
export async function startProcess(start: Start, print: Print): Promise<Process> {
  const { name, command, cwd, env, logFile } = start;
  const [program, ...args] = command;
  const log = logFile ? await open(logFile, 'w') : null;
  const output = log ? log.fd : 'pipe';
  // A process group of its own keeps the terminal's Ctrl-C from the child: it is stopped in order
  const child = spawn(program, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  const ended = untilEnded();
  for (const input of [child.stdout, child.stderr]) {
    if (input) createInterface({ input }).on('line', print);
  }
  try {
    await once(child, 'spawn');
  } finally {
    await log?.close();
  }
  running.add(child);
  reapAtEnd(groups());

  return { name, pid: child.pid!, isRunning, ended, stop, kill };

  async function untilEnded(): Promise<string> {
    const closed = new Promise((resolve) => child.once('close', resolve));
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.once('exit', (...end) => resolve(end));
    });
    kill(); // what the child has started ends with it
    await closed;
    running.delete(child);
    reapAtEnd(groups());
    return signal ? `signal ${signal}` : `exit code ${code}`;
  }

  function isRunning(): boolean {
    return child.exitCode === null && child.signalCode === null;
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

  function kill(signal: NodeJS.Signals = 'SIGKILL') {
    signalGroup(child, signal);
  }
}

/** Each process has a group of its own, with the same id. */
function groups(): number[] {
  return Array.from(running, ({ pid }) => pid!);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // the group has ended
  }
}
