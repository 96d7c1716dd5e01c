/** Answers that report how far a long work is: one line of JSON after the other, the last one with `done`. */
import { PassThrough } from 'node:stream';
import type { Context } from 'koa';
import { signalClientLeft } from '../../http/client.ts';
import { INSTANCE_ENDS } from '../../operator/texts.ts';

type Work<Progress> = (
  report: (progress: Progress) => void,
  signal: AbortSignal,
) => Promise<Progress>;

export interface LineParts {
  /** Makes a sentence of an error, for the last line. */
  explain: (error: Error) => string;
  /** Aborted when this instance takes no more requests. */
  ending: AbortSignal;
}

/** The client cancels the work by leaving. */
export function answerLines<Progress extends object>(
  ctx: Context,
  { explain, ending }: LineParts,
  work: Work<Progress>,
): void {
  const lines = new PassThrough();
  const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`);
  const signal = AbortSignal.any([signalClientLeft(ctx), ending]);
  ctx.type = 'application/x-ndjson';
  ctx.body = lines;
  work((progress) => write({ done: false, ...progress }), signal)
    .then((progress) =>
      write(signal.aborted ? { done: false, problem: INSTANCE_ENDS } : { done: true, ...progress }),
    )
    .catch((error: Error) => write({ done: false, problem: explain(error) }))
    .finally(() => lines.end());
}
