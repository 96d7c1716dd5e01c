/** The body of a request, as its bytes. */
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';

/**
 * Throws 413 for more than `limit` bytes. The package raw-body does the same for a multiple of the
 * processor time, which counts where the rest of a PUT is so little (npm run bench).
 */
export async function readBody(ctx: Context, limit: number): Promise<Buffer> {
  const tooLarge = `a body may have ${limit} bytes`;
  ctx.assert(!(ctx.request.length > limit), 413, tooLarge);
  ctx.assert(!ctx.req.destroyed, 400, 'the request was broken off');

  const body = await collect(ctx.req, limit);
  ctx.assert(body, 413, tooLarge);
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
