/** Starts child processes and ends them for certain. */
import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Process {
  pid: number;
  isRunning(): boolean;
  /** The last of what it printed. */
  output(): Promise<string>;
  /** Asks it to end, and makes it end when it does not. */
  stop(): Promise<void>;
}

const PATIENCE = 5000; // milliseconds from SIGTERM to SIGKILL
const OUTPUT = 2000; // characters

/** What the process prints goes to a file in the directory, as reading it here would cost time. */
export async function startProcess(
  name: string,
  command: string[],
  directory: string,
  surroundings: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Process> {
  const file = join(directory, `${name.replaceAll(/\W+/g, '-')}.log`);
  const log = await open(file, 'w');
  const [program, ...rest] = command;
  // A group of its own keeps the terminal's Ctrl-C from it: it is stopped in order.
  const stdio: StdioOptions = ['ignore', log.fd, log.fd];
  const child = spawn(program!, rest, { ...surroundings, stdio, detached: true });
  await once(child, 'spawn');
  await log.close();

  return { pid: child.pid!, isRunning, output, stop };

  function isRunning() {
    return child.exitCode === null && child.signalCode === null;
  }

  async function output() {
    return (await readFile(file, 'utf8')).slice(-OUTPUT);
  }

  async function stop() {
    if (!isRunning()) return;
    const ended = once(child, 'exit');
    const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(kill);
  }
}
