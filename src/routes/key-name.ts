/** The key that a path names. */
import type { Context } from 'koa';
import { OWN_PREFIX } from '../redis/names.ts';
import { decodePathSegment } from '../http/percent-encoding.ts';

/**
 * Reads a segment of the path itself: koa-router's parameters take `+` for a space and let
 * malformed escapes pass. Throws 400 for those, 403 for the app's own keys.
 */
export function readKey(ctx: Context, segment: string): string {
  const key = decodePathSegment(segment);
  ctx.assert(
    key !== null,
    400,
    'malformed % escape in the key: it should be UTF-8, percent-encoded',
  );
  ctx.assert(
    !key.startsWith(OWN_PREFIX),
    403,
    `keys that begin with ${OWN_PREFIX} are the app's own`,
  );
  return key;
}
