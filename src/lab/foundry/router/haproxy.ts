/** Runs HAProxy, and gives it the route while it runs. */
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../../command-line/problem.ts';
import { type Process, startProcess } from '../../processes/process.ts';
import { until } from '../../processes/until.ts';
import { FILES } from './configuration.ts';

/** Debian has HAProxy in a directory that is not on the PATH of all users. */
const PATH = `${process.env.PATH}:/usr/sbin`;

const NOT_INSTALLED = `There is no haproxy on the PATH. Install one:

  apt-get install haproxy    on Debian and Ubuntu
  brew install haproxy       on macOS`;

/** Long enough for a desk with busy processors. */
const START_TIMEOUT = 60 * 1000; // 60 seconds

export interface Haproxy {
  process: Process;
  /** Replaces all lines of the map at once: no request finds a part of them. */
  replaceRoute(lines: string[]): Promise<void>;
}

/** Resolves when it listens. The directory has its files. */
export async function startHaproxy(directory: string, path = PATH): Promise<Haproxy> {
  const output: string[] = [];
  const child = await spawnHaproxy(directory, path, (line) => output.push(line));
  await until('HAProxy listens', isListening, { limit: START_TIMEOUT });
  return { process: child, replaceRoute };

  async function isListening(): Promise<boolean> {
    if (!child.isRunning()) {
      const how = `did not start (${await child.ended}). The foundry needs version 2.6 or later`;
      throw new Problem(`HAProxy ${how}:\n\n${output.join('\n')}`);
    }
    return send('show version').then(Boolean, () => false);
  }

  async function replaceRoute(lines: string[]): Promise<void> {
    const [version] = /\d+/.exec(await send(`prepare map ${FILES.route}`))!;
    const entries = lines.map((line) => `${line}\n`).join('');
    if (entries) await send(`add map @${version} ${FILES.route} <<\n${entries}`);
    await send(`commit map @${version} ${FILES.route}`);
  }

  /** Returns the answer to one command, as HAProxy's management guide describes them. */
  async function send(command: string): Promise<string> {
    const socket = connect(join(directory, FILES.socket));
    socket.end(`${command}\n`);
    return (await text(socket)).trim();
  }
}

async function spawnHaproxy(cwd: string, path: string, print: (line: string) => void) {
  const command = ['haproxy', '-db', '-f', FILES.configuration] as const; // -db: in the foreground
  try {
    return await startProcess({ name: 'router', command, cwd, env: { PATH: path } }, print);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}
