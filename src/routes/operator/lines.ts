/** Answers that report how far a long work is: one line of JSON after the other, the last one with `done`. */
import { PassThrough } from 'node:stream';
import type { Context } from 'koa';

type Work<Progress> = (
  report: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<Progress>;

export interface LineParts {
  /** Makes a sentence of an error, for the last line. */
  explain: (error: Error) => string;
  /**
   * Returns a signal for an answer that goes on: aborted when the client leaves, and with a sentence
   * as its reason when the session ends or this instance stops. With `renews`, the session does not
   * get idle until then.
   */
  untilEnd: (ctx: Context, renews?: boolean) => AbortSignal;
}

/** The client cancels the work by leaving, or by signing out. The work counts as requests. */
export function answerLines<Progress extends object>(
  ctx: Context,
  { explain, untilEnd }: LineParts,
  work: Work<Progress>,
): void {
  const lines = new PassThrough();
  const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`);
  const signal = untilEnd(ctx, true);
  ctx.type = 'application/x-ndjson';
  ctx.body = lines;
  work((progress) => write({ done: false, ...progress }), signal)
    .then((progress) =>
      write(signal.aborted ? { done: false, problem: signal.reason } : { done: true, ...progress }),
    )
    .catch((error: Error) => write({ done: false, problem: explain(error) }))
    .finally(() => lines.end());
}
