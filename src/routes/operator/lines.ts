/** Answers that report how far a long work is: one line of JSON after the other, the last one with `done`. */
import { PassThrough } from 'node:stream';
import type { Context } from 'koa';
import { signalClientLeft } from '../../http/client-left.ts';

type Work<Progress> = (
  report: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<Progress>;

/** The client cancels the work by leaving. `explain` makes a sentence of an error, for the last line. */
export function answerLines<Progress extends object>(
  ctx: Context,
  work: Work<Progress>,
  explain: (error: Error) => string,
): void {
  const lines = new PassThrough();
  const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`);
  const signal = signalClientLeft(ctx);
  ctx.type = 'application/x-ndjson';
  ctx.body = lines;
  work((progress) => write({ done: false, ...progress }), signal)
    .then((progress) => write({ done: true, ...progress }))
    .catch((error: Error) => write({ done: false, problem: explain(error) }))
    .finally(() => lines.end());
}
