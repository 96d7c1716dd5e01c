/** The file of a load test's results: JSON, line by line, in the order of time. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Problem } from '../../command-line/problem.ts';
import type { Fault } from '../visitors/visitor.ts';

export type Line = Begin | StepBegin | StepEnd | Request;

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
  /** The version of this format. */
  version: 1;
}

export interface StepBegin {
  type: 'step';
  /** Milliseconds since the begin, as all times below. */
  at: number;
  /** The number of instances; null when the test does not scale the app. */
  count: number | null;
  /** The number of users who are signed in. */
  logins: number;
}

interface StepEnd {
  type: 'end';
  at: number;
}

export interface Request {
  type: 'request';
  /** The time when the request was sent. */
  at: number;
  request: string;
  instance: string | null;
  status: number | null;
  latency: number;
  fault: Fault | null;
}

export function createResultsFile(path: string) {
  const stream = createWriteStream(path);
  const failed = once(stream, 'error').then(([error]: Error[]) => {
    throw new Problem(`The results cannot be written to ${path}: ${error!.message}`);
  });
  failed.catch(() => {}); // close() reports it

  return { write, close };

  function write(line: Line) {
    stream.write(`${JSON.stringify(line)}\n`);
  }

  /** Rejects when anything could not be written. */
  async function close(): Promise<void> {
    stream.end();
    await Promise.race([once(stream, 'close'), failed]);
  }
}

/** Throws a problem when the file cannot be read, or has a line that is not JSON. */
export async function* readResults(path: string): AsyncGenerator<Line> {
  const input = createReadStream(path);
  const lines = createInterface({ input });
  try {
    for await (const line of lines) yield JSON.parse(line) as Line;
  } catch (error) {
    throw new Problem(`${path} holds no results of a load test: ${(error as Error).message}`);
  }
}

/** Returns the first line. Throws a problem when the file is none of a load test. */
export async function readBegin(path: string): Promise<Begin> {
  for await (const line of readResults(path)) {
    if (line.type === 'begin' && line.version === 1) return line;
    break;
  }
  throw new Problem(`${path} holds no results of a load test.`);
}
