/** What a PUT wants to store. */
import type { Context } from 'koa';
import type { Hold } from '../http/hold.ts';
import { readBytes, readFields } from '../http/fields.ts';

export interface Entry {
  data: Buffer;
  /** Seconds; null: for ever. */
  ttl: number | null;
}

const VALUE_LIMIT = 1024 * 1024; // bytes
/** A form may spend three bytes (`%00`) on one. */
const FORM_LIMIT = 3 * VALUE_LIMIT + 1024; // bytes
const LONGEST_TTL = 2 ** 31 - 1; // seconds

/** Throws 400 naming the field that is missing or wrong, 413 for a value of more than 1 MB. */
export async function readEntry(ctx: Context, hold: Hold): Promise<Entry> {
  const fields = await readFields(ctx, FORM_LIMIT, hold);
  const data = readBytes(ctx, fields, 'data');
  ctx.assert(data, 400, 'data field missing');
  ctx.assert(data.length <= VALUE_LIMIT, 413, 'data is longer than 1 MB');
  return { data, ttl: readTtl(ctx, fields.get('ttl')) };
}

/** A number of JSON, or the text of one. */
function readTtl(ctx: Context, value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'number' || Buffer.isBuffer(value) ? String(value) : '';
  const ttl = Number(text);
  const isTtl = /^\d+$/.test(text) && ttl >= 1 && ttl <= LONGEST_TTL;
  ctx.assert(isTtl, 400, `ttl must be a whole number of seconds from 1 to ${LONGEST_TTL}`);
  return ttl;
}
