/** Runs HAProxy, and sends commands to it. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../../command-line/problem.ts';
import { type Process, startProcess } from '../../processes/process.ts';
import { until } from '../../processes/until.ts';
import { FILES } from './configuration.ts';

const NOT_INSTALLED = `There is no haproxy on the PATH. Install one, 2.6 or later:

  apt-get install haproxy    on Debian and Ubuntu
  brew install haproxy       on macOS`;

/** Long enough for a desk with busy processors. */
const START_TIMEOUT = 60 * 1000; // 60 seconds

export interface Haproxy {
  process: Process;
  /** Sends one command, and returns the answer without the line breaks around it. */
  send(command: string): Promise<string>;
}

/** Resolves when it listens. Its files are in the directory. */
export async function startHaproxy(directory: string): Promise<Haproxy> {
  const output: string[] = [];
  const child = await spawnHaproxy(directory, (line) => output.push(line));
  await until('HAProxy listens', isListening, { limit: START_TIMEOUT });
  return { process: child, send };

  async function isListening(): Promise<boolean> {
    if (!child.isRunning()) {
      throw new Problem(`HAProxy did not start (${await child.ended}):\n\n${output.join('\n')}`);
    }
    return send('show version').then(Boolean, () => false);
  }

  async function send(command: string): Promise<string> {
    const socket = connect(join(directory, FILES.socket));
    socket.end(`${command}\n`);
    return (await text(socket)).trim();
  }
}

async function spawnHaproxy(cwd: string, print: (line: string) => void): Promise<Process> {
  const command = ['haproxy', '-db', '-f', FILES.configuration] as const; // -db: in the foreground
  const env = { PATH: process.env.PATH };
  try {
    return await startProcess({ name: 'router', command, cwd, env }, print);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}
