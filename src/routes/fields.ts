/** The fields of a form or of a JSON object. */
import { isUtf8 } from 'node:buffer';
import bodyParser from 'koa-bodyparser';
import type { Context } from 'koa';
import { readBody } from './body.ts';
import { parseForm } from './form.ts';

/** Texts as their bytes; of JSON also numbers and the like, as they are. */
export type FormFields = Map<string, unknown>;

/** A few bytes of JSON, like `{},`, can take a hundred in memory. */
const JSON_LIMIT = 1024 * 1024; // bytes

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

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

/** None for a body of another type. Throws 400 for a malformed one, 413 for one over the limit. */
export async function readFields(ctx: Context, formLimit: number): Promise<FormFields> {
  ctx.assert(!ctx.get('Content-Encoding'), 415, 'send the body without a Content-Encoding');
  const type = ctx.request.type.toLowerCase();
  if (type === FORM || type === '') return fieldsOfForm(ctx, formLimit);
  return type === JSON_TYPE ? fieldsOfJson(ctx) : new Map();
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

async function fieldsOfJson(ctx: Context): Promise<FormFields> {
  await parseJson(ctx, () => Promise.resolve());
  const entries = Object.entries(ctx.request.body as object);
  return new Map(
    entries.map(([name, value]) => [name, typeof value === 'string' ? Buffer.from(value) : value]),
  );
}

async function fieldsOfForm(ctx: Context, limit: number): Promise<FormFields> {
  const fields = parseForm(await readBody(ctx, limit));
  ctx.assert(
    fields,
    400,
    'the form has a malformed % escape (write %25 for a percent sign), or over 1000 fields',
  );
  return fields;
}
