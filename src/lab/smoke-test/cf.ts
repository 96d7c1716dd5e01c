/** Runs the user's own `cf`, from version 6 on, and reads what it prints. */
import { Problem } from '../command-line/problem.ts';
import { startProcess } from '../processes/process.ts';
import { until } from '../processes/until.ts';

const NOT_INSTALLED = `There is no cf on the PATH. Install the command line of Cloud Foundry:

  https://docs.cloudfoundry.org/cf-cli/install-go-cli.html`;

/** What `cf service` prints of an instance and, since version 8, of its bindings. */
const UNFINISHED = /\b(create|update|delete) (initial|in progress)\b/;
const FAILED = /\b(create|update|delete) failed\b/;
const MESSAGE = /^\s*message:\s+(\S.*)$/m;

const LAST_LINES = 4;
const PAUSE = 1000; // milliseconds

export interface Cf {
  /** Returns what the command prints. Throws a problem with its last lines when it fails or takes too long. */
  run(...words: string[]): Promise<string>;
  /** Resolves when the broker has finished. Throws a problem with the broker's message when it has failed. */
  untilFinished(service: string): Promise<void>;
  /** Resolves when there is no such service instance. */
  untilDeleted(service: string): Promise<void>;
}

/** `limit` is in seconds, for each command and each wait. All reject as soon as the signal is aborted. */
export function createCf(limit: number, signal?: AbortSignal): Cf {
  const options = { limit: 1000 * limit, pause: PAUSE, signal };
  return { run, untilFinished, untilDeleted };

  async function run(...words: string[]): Promise<string> {
    signal?.throwIfAborted();
    const lines: string[] = [];
    const child = await start(words, (line) => lines.push(line));
    const stop = () => child.kill();
    const timer = setTimeout(stop, 1000 * limit);
    signal?.addEventListener('abort', stop);
    const end = await child.ended;
    signal?.removeEventListener('abort', stop);
    clearTimeout(timer);
    signal?.throwIfAborted();
    if (end === 'exit code 0') return lines.join('\n');
    throw new Problem(
      [`\`cf ${words.join(' ')}\` has failed (${end}):`, ...lastLines(lines)].join('\n'),
    );
  }

  async function untilFinished(service: string) {
    const readFinal = async () => {
      const said = await run('service', service);
      return UNFINISHED.test(said) ? null : said;
    };
    const said = await until('The service broker finishes', readFinal, options);
    if (!FAILED.test(said)) return;
    throw new Problem(`The service broker has failed: ${MESSAGE.exec(said)?.[1] ?? 'no message'}`);
  }

  async function untilDeleted(service: string) {
    const isGone = () =>
      run('service', service).then(
        () => false,
        (error: Error) => /not found/i.test(error.message) || Promise.reject(error),
      );
    await until('The service instance is deleted', isGone, options);
  }
}

/** Throws a problem unless `cf` is installed, logged in, and directed at a space. */
export async function checkCf({ run }: Cf): Promise<void> {
  const lack = /no (org|space)\b.* targeted.*/i.exec(await run('target'))?.[0];
  if (lack) throw new Problem(lack);
}

async function start(words: string[], print: (line: string) => void) {
  const command = ['cf', ...words] as const;
  try {
    return await startProcess({ name: 'cf', command, cwd: process.cwd(), env: process.env }, print);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Problem(NOT_INSTALLED);
    throw error;
  }
}

function lastLines(lines: string[]): string[] {
  const texts = lines.map((line) => line.trim()).filter((line) => line && line !== 'FAILED');
  return texts.slice(-LAST_LINES).map((line) => `  ${line}`);
}
