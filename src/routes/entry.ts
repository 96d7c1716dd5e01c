/** What a PUT wants to store, from a form or from JSON. */
import bodyParser from 'koa-bodyparser';
import type { Context } from 'koa';
import { readBody } from './body.ts';
import { parseForm } from './form.ts';

export interface Entry {
  data: Buffer;
  /** Seconds; null: for ever. */
  ttl: number | null;
}

const VALUE_LIMIT = 8 * 1024 * 1024; // bytes
/** A form may spend three bytes (`%00`) on one. */
const FORM_LIMIT = 3 * VALUE_LIMIT + 1024; // bytes
/** A few bytes of JSON, like `{},`, can take a hundred in memory. */
const JSON_LIMIT = 1024 * 1024; // bytes
const LONGEST_TTL = 2 ** 31 - 1; // seconds

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

interface Fields {
  data?: Buffer;
  ttl?: Buffer;
}

const parseJson = bodyParser({
  enableTypes: ['json'],
  jsonLimit: `${JSON_LIMIT}b`,
  onerror: (error, ctx: Context) => {
    ctx.assert(
      !('status' in error && error.status === 413),
      413,
      'JSON may have 1 MB: send a form for a value of up to 8 MB',
    );
    ctx.throw(400, 'the body is not valid JSON');
  },
});

/** Throws 400 naming the field that is missing or wrong, 413 for a value of more than 8 MB. */
export async function readEntry(ctx: Context): Promise<Entry> {
  const { data, ttl } = await readFields(ctx);
  ctx.assert(data, 400, 'data field missing');
  ctx.assert(data.length <= VALUE_LIMIT, 413, 'data is longer than 8 MB');
  return { data, ttl: ttl ? readTtl(ctx, ttl.toString()) : null };
}

function readFields(ctx: Context): Promise<Fields> {
  ctx.assert(!ctx.get('Content-Encoding'), 415, 'send the body without a Content-Encoding');
  const type = ctx.request.type.toLowerCase();
  if (type === FORM || type === '') return fieldsOfForm(ctx);
  return type === JSON_TYPE ? fieldsOfJson(ctx) : Promise.resolve({});
}

async function fieldsOfJson(ctx: Context): Promise<Fields> {
  await parseJson(ctx, () => Promise.resolve());
  const { data, ttl } = ctx.request.body as { data?: unknown; ttl?: unknown };
  ctx.assert(data === undefined || typeof data === 'string', 400, 'data must be a string');
  return {
    ...(data !== undefined && { data: Buffer.from(data) }),
    ...(ttl !== undefined && ttl !== null && { ttl: Buffer.from(toText(ttl)) }),
  };
}

async function fieldsOfForm(ctx: Context): Promise<Fields> {
  const fields = parseForm(await readBody(ctx, FORM_LIMIT));
  ctx.assert(
    fields,
    400,
    'the form has a malformed % escape (write %25 for a percent sign), or over 1000 fields',
  );
  return { data: fields.get('data'), ttl: fields.get('ttl') };
}

/** Empty for what can be no number of seconds. */
function toText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

function readTtl(ctx: Context, text: string): number {
  const ttl = Number(text);
  const isTtl = /^\d+$/.test(text) && ttl >= 1 && ttl <= LONGEST_TTL;
  ctx.assert(isTtl, 400, `ttl must be a whole number of seconds from 1 to ${LONGEST_TTL}`);
  return ttl;
}
