/** Fields of a form (application/x-www-form-urlencoded), as the bytes that they carry. */
import { decodeFormValue } from './percent-encoding.ts';

const AMPERSAND = 0x26;
const EQUALS = 0x3d;

/** More of them are no form but an attempt to keep this process busy. */
const MOST_FIELDS = 1000;

/**
 * Parsers that decode to text would replace bytes that are not UTF-8. Of several fields of one name
 * the last counts; one without `=` is left out. The body is overwritten. Returns null for a
 * malformed escape, and for more than a thousand fields.
 */
export function parseForm(body: Buffer): Map<string, Buffer> | null {
  const fields = new Map<string, Buffer>();
  const pairs = split(body);
  if (pairs.length > MOST_FIELDS) return null;

  for (const pair of pairs) {
    const equals = pair.indexOf(EQUALS);
    if (equals === -1) continue;
    const name = decodeFormValue(pair.subarray(0, equals));
    const value = decodeFormValue(pair.subarray(equals + 1));
    if (!name || !value) return null;
    fields.set(name.toString(), value);
  }
  return fields;
}

/** Stops at one pair too many. */
function split(body: Buffer): Buffer[] {
  const pairs: Buffer[] = [];
  let start = 0;
  while (start < body.length && pairs.length <= MOST_FIELDS) {
    const ampersand = body.indexOf(AMPERSAND, start);
    const end = ampersand === -1 ? body.length : ampersand;
    pairs.push(body.subarray(start, end));
    start = end + 1;
  }
  return pairs;
}
