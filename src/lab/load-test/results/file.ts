/** Writes and reads the file of a load test's results. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Problem } from '../../command-line/problem.ts';
import type { Begin, Line } from './lines.ts';

export function createResultsFile(path: string) {
  const stream = createWriteStream(path);
  const failed = once(stream, 'error').then(([error]: Error[]) => {
    throw new Problem(`The results cannot be written to ${path}: ${error!.message}`);
  });
  failed.catch(() => {}); // until it is closed, where it is told

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

/** Throws a problem when the file cannot be read or is none of a load test. */
export async function* readResults(path: string): AsyncGenerator<Line> {
  const input = createReadStream(path);
  const lines = createInterface({ input });
  try {
    for await (const line of lines) yield JSON.parse(line) as Line;
  } catch (error) {
    throw new Problem(`${path} holds no results of a load test: ${(error as Error).message}`);
  }
}

/** What a file says of its load test. */
export async function readBegin(path: string): Promise<Begin> {
  for await (const line of readResults(path)) {
    if (line.type === 'begin' && line.version === 1) return line;
    break;
  }
  throw new Problem(`${path} holds no results of a load test.`);
}
