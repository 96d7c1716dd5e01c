/** Reads the fields of a form, or of a JSON object, from the body of a request. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import bodyParser from 'koa-bodyparser';
import type { Context } from 'koa';
import { COPIES_OF_BODY, COPIES_OF_JSON, type Hold, SMALL } from './large-bodies.ts';
import { decodeFormValue } from './percent-encoding.ts';

/** Texts as their bytes; numbers and other values of JSON as they are. */
export type FormFields = Map<string, unknown>;

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PARTS = new Set(Buffer.from('{[,'));

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** The limit for what people type (names, passwords, short texts), each byte of which may be escaped. */
export const SMALL_FORM = 16 * 1024; // bytes

/** A chunked body does not announce its length, so room for all of the limit is taken. */
const CHUNKED_LIMIT = 1024 * 1024; // bytes
const JSON_LIMIT = 1024 * 1024; // bytes
/** With more fields, splitting a form would keep this process busy. */
const MOST_FIELDS = 1000;
/** With more parts, parsed JSON would fill the memory: `[{},{},` takes 25 bytes for each byte. */
const MOST_PARTS = 1000;

/** Reads JSON as text, so that its parts can be counted before it is parsed. */
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
 * a Content-Length, 413 for a body of more than `limit` bytes, or of more than 1 MB for JSON. Takes
 * room from `hold` for a large body.
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
  if (type === FORM || type === '') return readForm(ctx, limit, hold);
  return type === JSON_TYPE ? readJson(ctx, limit, hold) : new Map();
}

/** Returns undefined for a missing field. Throws 400 for a field that is not text. */
export function readText(ctx: Context, fields: FormFields, name: string): string | undefined {
  const bytes = readBytes(ctx, fields, name);
  ctx.assert(!bytes || isUtf8(bytes), 400, `${name} must be UTF-8 text`);
  return bytes?.toString();
}

/** Like readText, for any bytes. */
export function readBytes(ctx: Context, fields: FormFields, name: string): Buffer | undefined {
  const value = fields.get(name);
  ctx.assert(value === undefined || Buffer.isBuffer(value), 400, `${name} must be a string`);
  return value as Buffer | undefined;
}

async function readForm(ctx: Context, limit: number, hold: Hold): Promise<FormFields> {
  const fields = parseForm(await readBody(ctx, limit, hold));
  ctx.assert(
    fields,
    400,
    'the form has a malformed % escape (write %25 for a percent sign), or over 1000 fields',
  );
  return fields;
}

/**
 * Returns the values as bytes: parsers that decode to text would replace bytes that are not UTF-8.
 * The last of several fields with the same name counts; one without `=` is left out. Overwrites the
 * body. Returns null for a malformed escape, and for too many fields.
 */
function parseForm(body: Buffer): Map<string, Buffer> | null {
  const fields = new Map<string, Buffer>();
  let count = 0;
  for (let start = 0, end; start < body.length; start = end + 1) {
    if (++count > MOST_FIELDS) return null;
    const ampersand = body.indexOf(AMPERSAND, start);
    end = ampersand === -1 ? body.length : ampersand;
    const pair = body.subarray(start, end);
    const equals = pair.indexOf(EQUALS);
    if (equals === -1) continue;
    const name = decodeFormValue(pair.subarray(0, equals));
    const value = decodeFormValue(pair.subarray(equals + 1));
    if (!name || !value) return null;
    fields.set(name.toString(), value);
  }
  return fields;
}

async function readJson(ctx: Context, limit: number, hold: Hold): Promise<FormFields> {
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

/** Counts the characters outside of strings that begin an object, a list or a further element. */
function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = findEndOfString(text, i);
    else if (PARTS.has(code) && ++parts > MOST_PARTS) return true;
  }
  return false;
}

function findEndOfString(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charCodeAt(i) !== QUOTE) {
    i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  }
  return i;
}

/** Returns null for text that is not a JSON object or list. An empty text has no fields. */
function parseJson(text: string): object | null {
  if (text === '') return {};
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}

/**
 * Throws 413 for more than `limit` bytes, 411 for a large body without a Content-Length, and what
 * `hold` throws when there is no room. The package raw-body would keep each piece that arrives: a
 * client that sends a body byte by byte makes it use a hundred bytes of memory for each.
 */
async function readBody(ctx: Context, limit: number, hold: Hold): Promise<Buffer> {
  if (!isChunked(ctx)) return collect(ctx.req, await makeRoom(ctx, limit, hold, COPIES_OF_BODY));

  const chunkedLimit = Math.min(limit, CHUNKED_LIMIT);
  const body = await collectChunks(ctx, chunkedLimit, hold);
  ctx.assert(
    body,
    limit > chunkedLimit ? 411 : 413,
    `a body may have ${chunkedLimit} bytes without a Content-Length`,
  );
  return body;
}

/** Returns the Content-Length. Throws 413 when it is over `limit`, and what `hold` throws. */
async function makeRoom(ctx: Context, limit: number, hold: Hold, copies: number): Promise<number> {
  const length = contentLength(ctx);
  ctx.assert(length <= limit, 413, `a body may have ${limit} bytes`);
  if (length > SMALL) await hold(ctx, length, copies);
  ctx.assert(!ctx.req.destroyed, 400, 'the request was broken off');
  return length;
}

function isChunked(ctx: Context): boolean {
  return ctx.req.headers['transfer-encoding'] !== undefined;
}

/** Unlike `ctx.length`, which reads 4,294,967,297 as 1. */
function contentLength(ctx: Context): number {
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
 * Returns null for more than `limit` bytes; takes room for that many once a body is not small. Throws
 * 400 for chunks of a few bytes, each of which costs as much as one of many.
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
