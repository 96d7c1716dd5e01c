/** The body of a request, as its bytes. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

/** A body that comes in chunks does not tell its length beforehand, and cannot wait its turn. */
const CHUNKED_LIMIT = 1024 * 1024; // bytes

/**
 * Throws 413 for more than `limit` bytes, 411 for a large body without a Content-Length. The
 * package raw-body does the same for a multiple of the processor time, which counts where the rest
 * of a PUT is so little (npm run bench).
 */
export async function readBody(ctx: Context, limit: number): Promise<Buffer> {
  const { length } = ctx.request;
  ctx.assert(!(length > limit), 413, `a body may have ${limit} bytes`);
  ctx.assert(!ctx.req.destroyed, 400, 'the request was broken off');

  const body = await collect(ctx.req, length === undefined ? CHUNKED_LIMIT : limit);
  ctx.assert(body, 411, 'a body of more than 1 MB must come with a Content-Length');
  return body;
}

/** null for more than `limit` bytes. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) resolve(null);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
