/** Turns errors into answers: mistakes of the client, trouble with Redis, mistakes of this app. */
import type Koa from 'koa';
import type { Context, Next } from 'koa';
import type { Log } from '../log.ts';
import type { Availability } from '../redis/availability.ts';
import { isOutOfMemory, isRedisError, OUT_OF_MEMORY } from '../redis/explain.ts';
import type { DiagnosticsAccess } from './access.ts';

const MALFORMED_URL = 'malformed URL';

interface Answer {
  status: number;
  /** For the client. */
  message: string;
  headers?: Record<string, string>;
}

export type ToAnswer = (error: Error) => Answer;

/** For ctx.throw and ctx.assert: the client reads the message, and may try again after so many seconds. */
export function retryAfter(seconds: number) {
  return { expose: true, headers: { 'Retry-After': String(seconds) } };
}

/** Replaces Koa's own handler, which would remove the headers that every answer has. */
export function answerErrors(app: Koa, toAnswer: ToAnswer): void {
  app.context.onerror = function (this: Context, error: Error | null) {
    if (!error) return;
    if (this.headerSent || !this.writable) return;

    const { status, message, headers } = toAnswer(error);
    const wantsJson = this.accepts('text', 'json') === 'json';
    const body = wantsJson ? JSON.stringify({ error: message }) : message;
    this.status = status;
    this.type = wantsJson ? 'json' : 'text';
    this.set(headers ?? {});
    discardRest(this);
    this.length = Buffer.byteLength(body);
    this.res.end(body);
  };
}

/** For the public, where diagnostics are closed: the reason may name hosts. */
const UNEXPLAINED = 'Redis does not work: the operator finds the reason in the log of this app';

/** Returns a function that maps an error to its answer, and logs mistakes of this app. */
export function createToAnswer(
  availability: Availability,
  diagnostics: DiagnosticsAccess,
  log: Log,
): ToAnswer {
  return (error) => {
    if (isClientError(error)) return error;
    if (isMalformedUrl(error)) return { status: 400, message: MALFORMED_URL };
    if (isOutOfMemory(error)) return { status: 507, message: OUT_OF_MEMORY };
    if (isRedisError(error)) {
      const reason = availability.explain(error);
      const message = diagnostics === 'open' ? reason : UNEXPLAINED;
      return { status: 503, message, ...retryAfter(1) };
    }
    log(`Unexpected error: ${error.stack}`);
    return { status: 500, message: 'Internal Server Error' };
  };
}

/** Middleware: throws 400 for `GET http:// HTTP/1.1`, which Node.js accepts though it has no path. */
export function refuseMalformedUrls(ctx: Context, next: Next) {
  ctx.assert(ctx.path, 400, MALFORMED_URL);
  return next();
}

/** Thrown by ctx.throw, ctx.assert and the body parsers, with a message for the client. */
interface ClientError extends Error {
  status: number;
  headers?: Record<string, string>;
}

function isClientError(error: Error): error is ClientError {
  return 'expose' in error && error.expose === true && 'status' in error;
}

/** Koa's parser throws this for `GET http://[/`. */
function isMalformedUrl(error: Error): boolean {
  return 'code' in error && error.code === 'ERR_INVALID_URL';
}

/** A client that is still sending reads the answer only when it is done, or cut off. */
function discardRest({ req, res }: Context): void {
  if (req.complete) return;
  res.setHeader('Connection', 'close');
  req.resume();
}
