/** Runs the user's own `cf`, from version 6 on, and reads what it prints. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import { until } from '../processes/until.ts';

const NOT_INSTALLED = `There is no cf on the PATH. Install the command line of Cloud Foundry:

  https://docs.cloudfoundry.org/cf-cli/install-go-cli.html`;

/** What `cf service` prints of an instance and, since version 8, of its bindings. */
const UNFINISHED = /\b(create|update|delete) (initial|in progress)\b/;
const FAILED = /\b(create|update|delete) failed\b/;
const MESSAGE = /^\s*message:[ \t]+(\S.*)$/m;

const PAUSE = 1000; // milliseconds

export type Cf = ReturnType<typeof createCf>;

/** `limit` is in seconds, for each command and each wait. All reject as soon as the signal is aborted. */
export function createCf(limit: number, signal?: AbortSignal) {
  const ends = { timeout: 1000 * limit, signal };
  const options = { limit: 1000 * limit, pause: PAUSE, signal };
  return { run, untilFinished, untilDeleted };

  /** Returns what the command prints. Throws a problem when it fails or takes too long. */
  async function run(...words: string[]): Promise<string> {
    try {
      return (await promisify(execFile)('cf', words, { ...ends, maxBuffer: Infinity })).stdout;
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(`cf ${words.join(' ')}`, error as Failure);
    }
  }

  /** Resolves when the broker has finished. Throws a problem with its message when it has failed. */
  async function untilFinished(service: string): Promise<void> {
    const readFinal = async () => {
      const said = await run('service', service);
      return UNFINISHED.test(said) ? null : said;
    };
    const said = await until('The service broker finishes', readFinal, options);
    if (!FAILED.test(said)) return;
    throw new Problem(`The service broker has failed: ${MESSAGE.exec(said)?.[1] ?? 'no message'}`);
  }

  /** Resolves when there is no such service instance. */
  async function untilDeleted(service: string): Promise<void> {
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

interface Failure extends Error {
  code?: number | string;
  /** True when it took too long. */
  killed?: boolean;
  stdout: string;
  stderr: string;
}

function explain(command: string, { code, killed, stdout, stderr }: Failure): Problem {
  if (code === 'ENOENT') return new Problem(NOT_INSTALLED);
  const said = stderr.trim() || stdout.replace('FAILED', '').trim(); // version 6 prints errors there
  return new Problem(`\`${command}\` ${killed ? 'takes too long' : 'has failed'}: ${said}`);
}
