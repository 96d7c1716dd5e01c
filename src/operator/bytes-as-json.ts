/** Shows bytes of Redis as JSON: as text where they are UTF-8, otherwise in hexadecimal. */
import { isUtf8 } from 'node:buffer';

/** Text; `hex` for other bytes; `bytes` is the length of a value that is shown in part. */
export type Shown = string | { text: string; bytes: number } | { hex: string; bytes?: number };

const LONGEST_PART = 4096; // bytes
const LONGEST_CHARACTER = 4; // bytes

/** Shows the first 4 KB of an element. */
export function showElement(element: Buffer): Shown {
  if (element.length <= LONGEST_PART) return showAll(element);
  const part = cutToText(element.subarray(0, LONGEST_PART));
  const shown = showAll(part);
  return typeof shown === 'string'
    ? { text: shown, bytes: element.length }
    : { ...shown, bytes: element.length };
}

export function showAll(bytes: Buffer): string | { hex: string } {
  return isUtf8(bytes) ? bytes.toString() : { hex: bytes.toString('hex') };
}

/** Leaves out the beginning of a character at the end, if the rest is text. */
export function cutToText(bytes: Buffer): Buffer {
  for (let cut = 0; cut < LONGEST_CHARACTER; cut++) {
    const rest = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(rest)) return rest;
  }
  return bytes;
}

/**
 * Returns where a key is shown, changed and deleted. Returns null for `.` and `..`: browsers take them
 * for directories, in any encoding.
 */
export function toPath(key: Buffer): string | null {
  if (key.equals(Buffer.from('.')) || key.equals(Buffer.from('..'))) return null;
  return `/operator/keys/${toPathSegment(key)}`;
}

/** Percent-encodes all bytes but letters, digits and `_-~`: a key of any bytes is one segment. */
function toPathSegment(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^\w~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Returns the bytes of what showAll has returned, as JSON holds it; null for anything else. */
export function readShown(shown: unknown): Buffer | null {
  if (typeof shown === 'string') return Buffer.from(shown);
  const { hex } = (shown ?? {}) as { hex?: unknown };
  return typeof hex === 'string' && /^([\da-f]{2})*$/i.test(hex) ? Buffer.from(hex, 'hex') : null;
}
