/** A private redis-server of the walk-through's plan: with a password, on loopback, in memory only. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedisCredentials } from './environment.ts';
import { printerFor } from './output.ts';
import { findPort } from './port.ts';
import { Problem } from './problem.ts';
import { type Process, startProcess } from './processes.ts';

const NAME = 'redis';

/** Lines of Redis' log below a warning. */
const NEWS = /^\d+:\w \d+ \w+ \d+ [\d:.]+ [.*-] /;

const NOT_INSTALLED = `There is no redis-server on the PATH. Install one:

  apt-get install redis-server    on Debian and Ubuntu
  brew install redis              on macOS`;

interface RedisServer {
  process: Process;
  credentials: RedisCredentials;
}

/** Resolves when it accepts connections. Its files are left in `directory`. */
export async function startRedis(directory: string): Promise<RedisServer> {
  const credentials = { host: '127.0.0.1', password: randomUUID(), port: await findPort(0) };
  // A file, as the arguments of a process can be read by every user of the machine.
  const file = join(directory, 'redis.conf');
  await writeFile(file, configuration(credentials));

  const log = watchLog();
  const child = await startServer(file, directory, log.read);
  const failed = child.ended.then((end) => {
    throw new Problem(`redis-server did not start (${end}):\n\n${log.text()}`);
  });
  await Promise.race([log.ready, failed]);

  return { process: { ...child, stop }, credentials };

  async function stop() {
    log.mute();
    await child.stop();
  }
}

function configuration({ host, port, password }: RedisCredentials): string {
  return `
bind ${host}
port ${port}
requirepass ${password}
maxmemory 262144000
save ""
appendonly no
`;
}

async function startServer(file: string, cwd: string, read: (line: string) => void) {
  const command: [string, string] = ['redis-server', file];
  try {
    return await startProcess({ name: NAME, command, cwd, env: { PATH: process.env.PATH } }, read);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}

/** Prints warnings, but only while Redis serves: of its start and its end it warns each time. */
function watchLog() {
  const print = printerFor(NAME);
  const start: string[] = [];
  let isServing = false;
  let becomeReady: () => void;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));

  return { ready, read, mute: () => (isServing = false), text: () => start.join('\n') };

  function read(line: string) {
    if (isServing && !NEWS.test(line)) print(line);
    if (!isServing) start.push(line);
    if (line.includes('Ready to accept connections')) {
      isServing = true;
      becomeReady();
    }
  }
}
