/** Values of every type, a page at a time: never a whole list, hash or set. */
import type { Redis } from 'ioredis';
import type { KeyFacts } from './key-facts.ts';
import { cutToText, showAll, showElement, type Shown } from './bytes-as-json.ts';
import { elementsTooLarge, typeNotShown } from './sentences.ts';

const STRING_PAGE = 64 * 1024; // bytes
const PAGE = 100; // elements
/** What Redis may send for a page: beyond it, a page has fewer elements. */
const PAGE_BYTES = 2 * 1024 * 1024;

export interface ValuePage {
  /** Of a string: a part of its value. */
  value?: Shown;
  elements?: Element[];
  /** For the next page; null at the end. */
  next: string | null;
}

/** Which of these are there depends on the type. */
interface Element {
  index?: number;
  /** Of a stream's entry. */
  id?: string;
  field?: Shown;
  value?: Shown;
  score?: string;
  /** Of a stream's entry: field, value, field, value … */
  fields?: Shown[];
}

type ReadPage = (
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
) => Promise<ValuePage>;

const READERS: Record<string, ReadPage> = {
  string: readString,
  list: readList,
  hash: readHash,
  set: readSet,
  zset: readSortedSet,
  stream: readStream,
};

/** An answer for the operator. */
class NotShown extends Error {
  readonly status = 409;
  readonly expose = true;
}

/**
 * Reads a page of a value, from `cursor`, which is the `next` of the page before. Throws NotShown for
 * other types, and for elements that are too large on average.
 */
export async function readValuePage(
  redis: Redis,
  key: Buffer,
  { type, memory, length }: KeyFacts,
  cursor: string | null,
): Promise<ValuePage> {
  const read = READERS[type ?? ''];
  if (!read) throw new NotShown(typeNotShown(type));
  const average = memory && length && type !== 'string' ? memory / length : 1;
  if (average > PAGE_BYTES) throw new NotShown(elementsTooLarge(Math.round(average)));
  const size = Math.min(PAGE, Math.floor(PAGE_BYTES / average));
  return read(redis, key, cursor, size);
}

async function readString(redis: Redis, key: Buffer, cursor: string | null): Promise<ValuePage> {
  const begin = toOffset(cursor);
  // One byte more shows whether there is a next page
  const bytes = await redis.getrangeBuffer(key, begin, begin + STRING_PAGE);
  if (bytes.length <= STRING_PAGE) return { value: showAll(bytes), next: null };
  const part = cutToText(bytes.subarray(0, STRING_PAGE));
  return { value: showAll(part), next: String(begin + part.length) };
}

async function readList(
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
): Promise<ValuePage> {
  const begin = toOffset(cursor);
  const found = await redis.lrangeBuffer(key, begin, begin + size);
  const elements = found
    .slice(0, size)
    .map((value, i) => ({ index: begin + i, value: showElement(value) }));
  return { elements, next: found.length > size ? String(begin + size) : null };
}

async function readSortedSet(
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
): Promise<ValuePage> {
  const begin = toOffset(cursor);
  const found = await redis.zrangeBuffer(key, String(begin), String(begin + size), 'WITHSCORES');
  const elements = toPairs(found)
    .slice(0, size)
    .map(([value, score]) => ({ value: showElement(value), score: score.toString() }));
  return { elements, next: found.length > 2 * size ? String(begin + size) : null };
}

async function readHash(
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
): Promise<ValuePage> {
  const [next, found] = await redis.hscanBuffer(key, toCursor(cursor), 'COUNT', size);
  const elements = toPairs(found).map(([field, value]) => ({
    field: showElement(field),
    value: showElement(value),
  }));
  return { elements, next: toNext(next) };
}

async function readSet(
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
): Promise<ValuePage> {
  const [next, found] = await redis.sscanBuffer(key, toCursor(cursor), 'COUNT', size);
  return { elements: found.map((value) => ({ value: showElement(value) })), next: toNext(next) };
}

/** The latest entries first. */
async function readStream(
  redis: Redis,
  key: Buffer,
  cursor: string | null,
  size: number,
): Promise<ValuePage> {
  const end = cursor && /^\d+-\d+$/.test(cursor) ? cursor : '+';
  const found = await redis.xrevrangeBuffer(key, end, '-', 'COUNT', size + 1);
  const elements = found
    .slice(0, size)
    .map(([id, fields]) => ({ id: id.toString(), fields: fields.map(showElement) }));
  return { elements, next: found[size]?.[0].toString() ?? null };
}

function toOffset(cursor: string | null): number {
  const offset = Number(cursor ?? 0);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0;
}

/** Cursors of SCAN have up to 64 bits: they stay texts. */
function toCursor(cursor: string | null): string {
  return cursor && /^\d{1,20}$/.test(cursor) ? cursor : '0';
}

function toNext(cursor: Buffer): string | null {
  const text = cursor.toString();
  return text === '0' ? null : text;
}

function toPairs(list: Buffer[]): [Buffer, Buffer][] {
  return Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i]!, list[2 * i + 1]!]);
}
