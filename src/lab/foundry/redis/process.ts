/** One redis-server process, from its configuration file to the moment at which it serves. */
import { printerFor } from '../output.ts';
import { Problem } from '../../command-line/problem.ts';
import { type Process, startProcess } from '../processes.ts';

/** Before each line of Redis' log: process, role, time and level. */
const PREFIX = /^\d+:\w \d+ \w+ \d+ [\d:.]+ ([.*#-]) /;
const WARNING = '#';
/** The second is Sentinel's. */
const READY = /Ready to accept connections|Sentinel ID is/;

const NOT_INSTALLED = `There is no redis-server on the PATH. Install one:

  apt-get install redis-server    on Debian and Ubuntu
  brew install redis              on macOS`;

/** `words` follow the program's name. Resolves when it accepts connections. */
export async function startRedisProcess(
  name: string,
  cwd: string,
  words: string[],
): Promise<Process> {
  const log = watchLog(name);
  const child = await spawnServer(name, cwd, words, log.read);
  const failed = child.ended.then((end) => {
    throw new Problem(`${name} did not start (${end}):\n\n${log.text()}`);
  });
  await Promise.race([log.ready, failed]);

  return { ...child, stop };

  async function stop() {
    log.mute();
    await child.stop();
  }
}

async function spawnServer(
  name: string,
  cwd: string,
  words: string[],
  read: (line: string) => void,
) {
  const env = { PATH: process.env.PATH };
  try {
    return await startProcess({ name, command: ['redis-server', ...words], cwd, env }, read);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}

/** Prints warnings, but only while Redis serves: of its start and its end it warns each time. */
function watchLog(name: string) {
  const print = printerFor(name);
  const start: string[] = [];
  let isServing = false;
  let becomeReady: () => void;
  const ready = new Promise<void>((resolve) => (becomeReady = resolve));

  return { ready, read, mute: () => (isServing = false), text: () => start.join('\n') };

  function read(line: string) {
    const level = PREFIX.exec(line)?.[1] ?? WARNING;
    if (isServing && level === WARNING) print(line.replace(PREFIX, ''));
    if (!isServing) start.push(line);
    if (READY.test(line)) {
      isServing = true;
      becomeReady();
    }
  }
}
