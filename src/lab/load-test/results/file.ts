/** The file of a load test's results: JSON, line by line, in the order of time. */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { Problem } from '../../command-line/problem.ts';

export type Line = Begin | StepBegin | StepEnd | SecondLine;

/** The version of the format that this program writes and reads. */
export const VERSION = 2;

/** The first line. */
export interface Begin {
  type: 'begin';
  target: string;
  scenario: string;
  startedAt: string;
  users: number;
  connections: number;
  /** Requests per second, of all connections; null for as fast as answers came. */
  rate: number | null;
  /** Seconds of each step. */
  duration: number;
  /** Versions by the name of the program. */
  versions: Record<string, string>;
  version: number;
}

export interface StepBegin {
  type: 'step';
  /** Milliseconds since the begin. */
  at: number;
  /** The number of instances; null when the test does not scale the app. */
  count: number | null;
  /** The number of users who are signed in. */
  logins: number;
}

export interface StepEnd {
  type: 'end';
  at: number;
  /** The threads that put the load on. */
  threads: number;
  /** How much of the time they were busy, from 0 to 1. */
  busy: number;
  /** Microseconds of processor time that the program took. */
  processor: number;
}

/** The answers to one kind of request from one instance in one second. Several lines add up. */
export interface SecondLine {
  type: 'second';
  /** Whole seconds since the begin. */
  second: number;
  request: string;
  instance: string | null;
  requests: number;
  /** By their kind; lost logins and wrong values are apart from them. */
  failures: Record<string, number>;
  loginsLost: number;
  valuesWrong: number;
  /** Microseconds, of answered requests, as HdrHistogram encodes them: compressed, in base64. */
  latencies: string;
}

/** Counts requests that failed, lost a login or got a wrong value. */
export function countFailures({ failures, loginsLost, valuesWrong }: SecondLine): number {
  const failed = Object.values(failures).reduce((sum, times) => sum + times, 0);
  return failed + loginsLost + valuesWrong;
}

export function createResultsFile(path: string) {
  const stream = createWriteStream(path);
  const closed = finished(stream).catch((error: Error) => {
    throw new Problem(`The results cannot be written to ${path}: ${error.message}`);
  });
  closed.catch(() => {}); // close() reports it

  return { write, close };

  function write(line: Line) {
    stream.write(`${JSON.stringify(line)}\n`);
  }

  /** Rejects when anything could not be written. */
  async function close(): Promise<void> {
    stream.end();
    await closed;
  }
}

/**
 * Leaves out a last line that breaks off, as that of a test that was killed. Throws a problem when the
 * file cannot be read, or has another line that is not JSON.
 */
export async function* readResults(path: string): AsyncGenerator<Line> {
  let broken: Error | null = null;
  try {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      if (broken) throw broken;
      try {
        yield JSON.parse(text) as Line;
      } catch (error) {
        broken = error as Error;
      }
    }
  } catch (error) {
    throw new Problem(`${path} holds no results of a load test: ${(error as Error).message}`);
  }
}

/** Returns the first line. Throws a problem when the file is none of a load test. */
export async function readBegin(path: string): Promise<Begin> {
  for await (const line of readResults(path)) {
    if (line?.type !== 'begin') break;
    if (line.version === VERSION) return line;
    throw new Problem(
      `${path} was written by another version of the load test: it has format ${line.version}, not ${VERSION}.`,
    );
  }
  throw new Problem(`${path} holds no results of a load test.`);
}
