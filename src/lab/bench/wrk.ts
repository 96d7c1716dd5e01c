/** Runs the load generator wrk, and reads its figures. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../command-line/problem.ts';
import type { Exchange } from '../peers/exchanges.ts';

interface Load {
  connections: number;
  seconds: number;
}

export interface Attack {
  requests: number;
  /** Seconds. */
  duration: number;
  /** Milliseconds. */
  p50: number;
  /** Milliseconds. */
  p99: number;
}

export type Attacker = (origin: string, exchange: Exchange, load: Load) => Promise<Attack>;

/** The figures that the script prints at the end, with times in microseconds. */
interface Summary {
  requests: number;
  duration: number;
  p50: number;
  p99: number;
  errors: Record<string, number>;
}

/** Method, body and whether to number it come after `--`, as wrk has no options for them. */
const SCRIPT = `
function init(arguments)
  wrk.method = arguments[1]
  wrk.body = arguments[2]
  if arguments[3] == 'numbered' then request = number_body end
end

local number = 0

function number_body()
  number = number + 1
  return wrk.format(nil, nil, nil, wrk.body .. number)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\\n{"requests":%d,"duration":%d,"p50":%d,"p99":%d,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status of 400 or above":%d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status
  ))
end
`;

/** Seconds that wrk may take beyond its load, and an answer: a slow server has not failed. */
const GRACE = 10;

/**
 * Returns a function that puts load on a server and throws when any request fails.
 * The prefix comes before the command, to pin it; the script is kept in the directory.
 */
export async function createAttacker(
  prefix: string[],
  directory: string,
  signal: AbortSignal,
): Promise<Attacker> {
  const script = join(directory, 'wrk.lua');
  await writeFile(script, SCRIPT);

  return async function attack(origin, exchange, { connections, seconds }) {
    const [command, ...rest] = [...prefix, 'wrk'];
    const lengths = ['-d', `${seconds}s`, '--timeout', `${seconds + GRACE}s`];
    const options = ['-t', '1', '-c', String(connections), ...lengths, '-s', script];
    const { method, path, headers, body, isNumbered } = exchange;
    const header = Object.entries(headers).flatMap(([name, text]) => ['-H', `${name}: ${text}`]);
    const content = body ? [body, ...(isNumbered ? ['numbered'] : [])] : [];
    const request = [...header, origin + path, '--', method, ...content];

    return readOutput(await run(command!, [...rest, ...options, ...request], seconds + GRACE));
  };

  async function run(command: string, options: string[], seconds: number): Promise<string> {
    const limits = { signal, timeout: seconds * 1000, killSignal: 'SIGKILL' } as const;
    try {
      return (await promisify(execFile)(command, options, limits)).stdout;
    } catch (error) {
      throw new Problem((error as Error).message); // with what wrk printed
    }
  }
}

/** Throws a problem when any request failed: the figures would not be those of a working server. */
export function readOutput(output: string): Attack {
  const line = output.split('\n').findLast((each) => each.startsWith('{'));
  if (!line) throw new Problem(`wrk ended without a summary:\n${output}`);

  const { requests, duration, p50, p99, errors } = JSON.parse(line) as Summary;
  const failures = Object.entries(errors).filter(([, count]) => count > 0);
  if (failures.length > 0) {
    const list = failures.map(([kind, count]) => `${kind}: ${count}`).join(', ');
    throw new Problem(`Of ${requests} requests some failed (${list}).`);
  }
  if (requests === 0) throw new Problem('wrk got no answer at all.');

  return { requests, duration: duration / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}
