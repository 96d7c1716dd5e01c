/** Percent-encoding, to the byte and without mercy for malformed escapes. */
import { isUtf8 } from 'node:buffer';

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** A path segment as text, or null when it is not UTF-8 or has a malformed escape. */
export function decodePathSegment(segment: string): string | null {
  if (!/[%\x80-\xff]/.test(segment)) return segment;
  // Node.js hands over the bytes of a URL one to a character
  const bytes = decodeEscapes(Buffer.from(segment, 'latin1'));
  return bytes && isUtf8(bytes) ? bytes.toString() : null;
}

/** A form's name or value as its bytes, or null when it has a malformed escape. */
export function decodeFormValue(bytes: Buffer): Buffer | null {
  for (let i = bytes.indexOf(PLUS); i !== -1; i = bytes.indexOf(PLUS, i)) bytes[i] = SPACE;
  return decodeEscapes(bytes);
}

/** Decodes in place, because the decoded bytes are never longer than the escaped ones. */
function decodeEscapes(bytes: Buffer): Buffer | null {
  let length = bytes.indexOf(PERCENT);
  if (length === -1) return bytes;

  for (let i = length; i < bytes.length; i++) {
    if (bytes[i] !== PERCENT) {
      bytes[length++] = bytes[i]!;
      continue;
    }
    const high = hexDigit(bytes[i + 1]);
    const low = hexDigit(bytes[i + 2]);
    if (high === -1 || low === -1) return null;
    bytes[length++] = high * 16 + low;
    i += 2;
  }
  return bytes.subarray(0, length);
}

/** -1 for what is no hexadecimal digit. */
function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lowerCase = code | 0x20;
  return lowerCase >= 0x61 && lowerCase <= 0x66 ? lowerCase - 0x57 : -1;
}
