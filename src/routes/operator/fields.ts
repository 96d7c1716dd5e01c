/** Reads what the operator sends: keys in paths, filters in queries, bytes in bodies. */
import type { Context } from 'koa';
import type { FormFields } from '../../http/form.ts';
import { decodePathBytes } from '../../http/percent-encoding.ts';
import type { Entry } from '../../operator/changes.ts';
import { isOwn } from '../../operator/own-keys.ts';
import { readShown } from '../../operator/bytes-as-json.ts';
import * as texts from '../../operator/sentences.ts';

/** A long pattern with many asterisks would keep Redis busy. */
const LONGEST_PATTERN = 256; // characters
export const VALUE_LIMIT = 1024 * 1024; // bytes
const SCORE = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^[-+]?inf$/i;

/** Throws 400 for a malformed key, and 403 for one of the app's own. */
export function readKey(ctx: Context): Buffer {
  const key = decodePathBytes(ctx.path.split('/')[3]!);
  ctx.assert(key, 400, texts.MALFORMED_KEY);
  ctx.assert(!isOwn(key), 403, texts.OWN_KEY);
  return key;
}

/** Reads a list of keys from JSON. Throws as readKey does. */
export function readKeys(ctx: Context, fields: FormFields): Buffer[] {
  const listed = fields.get('keys');
  ctx.assert(Array.isArray(listed), 400, texts.BAD_KEYS);
  return listed.map((shown) => {
    const key = readShown(shown);
    ctx.assert(key, 400, texts.BAD_KEYS);
    ctx.assert(!isOwn(key), 403, texts.OWN_KEY);
    return key;
  });
}

/** Throws 400 for a pattern that is too long. */
export function checkFilter(ctx: Context, match: string | null, type: string | null) {
  ctx.assert((match ?? '').length <= LONGEST_PATTERN, 400, texts.longPattern(LONGEST_PATTERN));
  return { match, type };
}

/** Returns null for a parameter that is missing or empty. */
export function readQuery(ctx: Context, name: string): string | null {
  const value = ctx.query[name];
  return (Array.isArray(value) ? value.at(-1) : value) || null;
}

/** Reads what an element consists of. Throws 400 for what is needed and missing. */
export function readEntry(ctx: Context, fields: FormFields, needed: (keyof Entry)[]): Entry {
  for (const name of needed) ctx.assert(fields.has(name), 400, texts.fieldMissing(name));
  const score = fields.get('score')?.toString();
  ctx.assert(score === undefined || SCORE.test(score), 400, texts.BAD_SCORE);
  return {
    value: readBytes(ctx, fields, 'value'),
    field: readBytes(ctx, fields, 'field'),
    score,
    id: fields.get('id')?.toString(),
    end: fields.get('end')?.toString() === 'left' ? 'left' : 'right',
  };
}

/** Returns undefined for a missing field. Throws 400 for what is no text, and 413. */
export function readBytes(ctx: Context, fields: FormFields, name: string): Buffer | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  const bytes = Buffer.isBuffer(value) ? value : readShown(value);
  ctx.assert(bytes, 400, texts.BAD_BYTES);
  ctx.assert(bytes.length <= VALUE_LIMIT, 413, texts.VALUE_TOO_LONG);
  return bytes;
}
