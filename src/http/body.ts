/** The body of a request, as its bytes. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { COPIES_OF_BODY, type Hold, SMALL } from './hold.ts';

/** A body that arrives in chunks does not say its length beforehand. */
const CHUNKED_LIMIT = 1024 * 1024; // bytes

/**
 * Throws 413 for more than `limit` bytes, 411 for a large body without a Content-Length, and what
 * `hold` throws when there is no room. The package raw-body keeps each piece that arrives, and a
 * client may send a body one byte at a time: a hundred bytes of memory for each.
 */
export async function readBody(ctx: Context, limit: number, hold: Hold): Promise<Buffer> {
  if (!isChunked(ctx)) return collect(ctx.req, await makeRoom(ctx, limit, hold));

  const chunkedLimit = Math.min(limit, CHUNKED_LIMIT);
  const body = await collectChunks(ctx, chunkedLimit, hold);
  ctx.assert(
    body,
    limit > chunkedLimit ? 411 : 413,
    `a body may have ${chunkedLimit} bytes without a Content-Length`,
  );
  return body;
}

/**
 * Takes room for a body with a Content-Length, and returns it. Throws 413 when it is over `limit`,
 * and what `hold` throws.
 */
export async function makeRoom(
  ctx: Context,
  limit: number,
  hold: Hold,
  copies = COPIES_OF_BODY,
): Promise<number> {
  const length = contentLength(ctx);
  ctx.assert(length <= limit, 413, `a body may have ${limit} bytes`);
  if (length > SMALL) await hold(ctx, length, copies);
  ctx.assert(!ctx.req.destroyed, 400, 'the request was broken off');
  return length;
}

export function isChunked(ctx: Context): boolean {
  return ctx.req.headers['transfer-encoding'] !== undefined;
}

/** Not `ctx.length`, which takes 4,294,967,297 for 1. */
export function contentLength(ctx: Context): number {
  return Number(ctx.req.headers['content-length'] ?? 0);
}

function collect(request: IncomingMessage, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let body: Buffer | null = null;
    let collected = 0;
    request.on('data', (chunk: Buffer) => {
      body ??= chunk.length === length ? chunk : Buffer.allocUnsafe(length);
      if (body !== chunk) chunk.copy(body, collected);
      collected += chunk.length;
    });
    request.on('end', () => resolve(body ?? Buffer.alloc(0)));
    request.on('error', reject);
  });
}

/**
 * Returns null for more than `limit` bytes, and takes room for as many when a body is not small. Throws
 * 400 for chunks of a few bytes, each of which would cost as much as one of many.
 */
async function collectChunks(ctx: Context, limit: number, hold: Hold): Promise<Buffer | null> {
  const { socket } = ctx.req;
  const begin = socket.bytesRead;
  let body = Buffer.allocUnsafe(Math.min(limit, SMALL));
  let length = 0;
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    const received = socket.bytesRead - begin;
    ctx.assert(
      received < SMALL || received < 2 * (length + chunk.length),
      400,
      'the chunks of the body are too small',
    );
    if (length + chunk.length > limit) return null;
    if (length + chunk.length > body.length) {
      await hold(ctx, limit, COPIES_OF_BODY);
      body = Buffer.concat([body], limit);
    }
    length += chunk.copy(body, length);
  }
  return body.subarray(0, length);
}
