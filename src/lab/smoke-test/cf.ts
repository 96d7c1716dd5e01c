/** Runs the user's own `cf`, and reads what it prints. */
import { Problem } from '../command-line/problem.ts';
import { startProcess } from '../processes/process.ts';
import { until } from '../processes/until.ts';

const NOT_INSTALLED = `There is no cf on the PATH. Install the command line of Cloud Foundry:

  https://docs.cloudfoundry.org/cf-cli/install-go-cli.html`;

const LAST_LINES = 4;
const POLL = 1000; // milliseconds

/** In what `cf service` prints, as "   status:    create in progress". */
const OPERATION = /^\s*status:\s+(create|update|delete) (in progress|succeeded|failed)\s*$/im;
const MESSAGE = /^\s*message:\s+(\S.*)$/im;

export interface Cf {
  /**
   * Returns what the command prints. Throws a problem with its last lines when it fails or takes
   * longer than the limit, and the reason of the signal when that is aborted.
   */
  run(...words: string[]): Promise<string>;
  /** Resolves when the broker has made a service instance. Throws a problem with its message otherwise. */
  untilCreated(service: string): Promise<void>;
  /** Resolves when there is no such service instance. */
  untilDeleted(service: string): Promise<void>;
}

/** `limit` is in seconds, for each command and for each wait. */
export function createCf(limit: number, signal?: AbortSignal): Cf {
  return { run, untilCreated, untilDeleted };

  async function run(...words: string[]): Promise<string> {
    const lines: string[] = [];
    const child = await start(words, (line) => lines.push(line));
    const timeout = AbortSignal.timeout(1000 * limit);
    const stop = AbortSignal.any([timeout, ...(signal ? [signal] : [])]);
    if (stop.aborted) child.kill();
    stop.addEventListener('abort', () => child.kill());
    const end = await child.ended;
    signal?.throwIfAborted();
    if (end === 'exit code 0') return lines.join('\n');
    const how = timeout.aborted ? `has not ended within ${limit} seconds` : `has failed (${end})`;
    throw new Problem([`\`cf ${words.join(' ')}\` ${how}:`, ...lastLines(lines)].join('\n'));
  }

  async function untilCreated(service: string) {
    const last = await until(
      `The service instance is created`,
      async () => {
        const said = await run('service', service);
        const state = OPERATION.exec(said)?.[2];
        return state === 'in progress' ? null : { state, message: MESSAGE.exec(said)?.[1] };
      },
      { limit: 1000 * limit, pause: POLL, signal },
    );
    if (last.state === 'failed') {
      throw new Problem(`The broker has failed: ${last.message ?? 'it does not say why'}`);
    }
  }

  async function untilDeleted(service: string) {
    const isGone = () =>
      run('service', service).then(
        () => false,
        (error: Error) => /not found/i.test(error.message) || Promise.reject(error),
      );
    const options = { limit: 1000 * limit, pause: POLL, signal };
    await until('The service instance is deleted', isGone, options);
  }
}

/** Throws a problem unless `cf` is installed, logged in, and directed at a space. */
export async function checkCf({ run }: Cf): Promise<void> {
  const target = await run('target');
  const lack = /no (org|space)\b.* targeted.*/i.exec(target)?.[0];
  if (lack) throw new Problem(lack);
}

/** Returns the words by which this `cf` waits for a broker: version 8 has them. */
export async function findWaitOption({ run }: Cf): Promise<string[]> {
  const major = /version v?(\d+)\./.exec(await run('version'))?.[1];
  return Number(major) >= 8 ? ['--wait'] : [];
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
  const telling = lines.map((line) => line.trim()).filter((line) => line && line !== 'FAILED');
  return telling.slice(-LAST_LINES).map((line) => `  ${line}`);
}
