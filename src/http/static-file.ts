/** A file of the page: compressed once, and not sent again to a browser that has it. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Context } from 'koa';

export interface StaticFile {
  /** As Koa's ctx.type: `html`, `.js`. */
  type: string;
  plain: Buffer;
  compressed: Buffer;
  /** Weak, because it is the same for both forms of the file. */
  etag: string;
}

export function prepareFile(plain: Buffer, type: string): StaticFile {
  const etag = `W/"${fingerprint(plain)}"`;
  return { type, plain, compressed: gzipSync(plain, { level: 9 }), etag };
}

/** Answers 304 to a browser that has the file. Set Cache-Control first. */
export function sendFile(ctx: Context, { type, plain, compressed, etag }: StaticFile): void {
  ctx.vary('Accept-Encoding');
  ctx.etag = etag;
  ctx.type = type;
  ctx.status = 200;
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  const isCompressed = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (isCompressed) ctx.set('Content-Encoding', 'gzip');
  ctx.body = isCompressed ? compressed : plain;
}

/** A short hash of the content, for ETags and paths. */
export function fingerprint(...parts: Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
