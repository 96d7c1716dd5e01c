/** The fields of a form or of a JSON object. */
import { isUtf8 } from 'node:buffer';
import bodyParser from 'koa-bodyparser';
import type { Context } from 'koa';
import { COPIES_OF_JSON, type Hold, SMALL } from './hold.ts';
import { contentLength, isChunked, makeRoom, readBody } from './body.ts';
import { parseForm } from './form.ts';
import { hasTooManyParts, MOST_PARTS, parseJson } from './json.ts';

/** Texts as their bytes; of JSON also numbers and the like, as they are. */
export type FormFields = Map<string, unknown>;

const JSON_LIMIT = 1024 * 1024; // bytes

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** JSON comes as text, which parseJson looks at before it parses it. */
const readJsonText = bodyParser({
  enableTypes: ['text'],
  extendTypes: { text: [JSON_TYPE] },
  textLimit: `${JSON_LIMIT}b`,
  onerror: (_error, ctx) => ctx.throw(400, 'the body is not valid JSON'),
});

/** For routes whose bodies are small. */
const holdNothing: Hold = () => Promise.resolve();

/**
 * Returns no fields for a body of another type. Throws 400 for a malformed body, 411 for JSON without
 * a Content-Length, 413 for a body of more than `limit` bytes, or of more than 1 MB for JSON. `hold`
 * is asked for room when a body may be large.
 */
export async function readFields(
  ctx: Context,
  limit: number,
  hold: Hold = holdNothing,
): Promise<FormFields> {
  if (hold === holdNothing && limit > SMALL)
    throw new Error('A large body needs room: pass `hold`');
  ctx.assert(!ctx.get('Content-Encoding'), 415, 'send the body without a Content-Encoding');
  const type = ctx.request.type.toLowerCase();
  if (type === FORM || type === '') return fieldsOfForm(ctx, limit, hold);
  return type === JSON_TYPE ? fieldsOfJson(ctx, limit, hold) : new Map();
}

/** Throws 400 when a field is there and is no text; undefined when it is missing. */
export function readText(ctx: Context, fields: FormFields, name: string): string | undefined {
  const bytes = readBytes(ctx, fields, name);
  ctx.assert(!bytes || isUtf8(bytes), 400, `${name} must be UTF-8 text`);
  return bytes?.toString();
}

/** Like readText, for what may be any bytes. */
export function readBytes(ctx: Context, fields: FormFields, name: string): Buffer | undefined {
  const value = fields.get(name);
  ctx.assert(value === undefined || Buffer.isBuffer(value), 400, `${name} must be a string`);
  return value as Buffer | undefined;
}

async function fieldsOfJson(ctx: Context, limit: number, hold: Hold): Promise<FormFields> {
  ctx.assert(!isChunked(ctx), 411, 'send JSON with a Content-Length');
  ctx.assert(contentLength(ctx) <= JSON_LIMIT, 413, 'JSON may have 1 MB: send a form for more');
  await makeRoom(ctx, limit, hold, COPIES_OF_JSON);
  await readJsonText(ctx, () => Promise.resolve());

  const text = String(ctx.request.body);
  ctx.assert(!hasTooManyParts(text), 400, `JSON may have ${MOST_PARTS} fields and elements`);
  const object = parseJson(text);
  ctx.assert(object, 400, 'the body is not valid JSON');
  return new Map(
    Object.entries(object).map(([name, value]) => [
      name,
      typeof value === 'string' ? Buffer.from(value) : value,
    ]),
  );
}

async function fieldsOfForm(ctx: Context, limit: number, hold: Hold): Promise<FormFields> {
  const fields = parseForm(await readBody(ctx, limit, hold));
  ctx.assert(
    fields,
    400,
    'the form has a malformed % escape (write %25 for a percent sign), or over 1000 fields',
  );
  return fields;
}
