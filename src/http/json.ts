/** JSON from a stranger. */

/** More are an attempt to fill the memory: `[{},{},` takes 25 bytes for each byte of its own. */
export const MOST_PARTS = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PARTS = new Set(Buffer.from('{[,'));

/**
 * Returns null for text that is not JSON, or is neither an object nor a list. An empty text is an
 * object without fields.
 */
export function parseJson(text: string): object | null {
  if (text === '') return {};
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.parse(text) as object;
  } catch {
    return null;
  }
}

/** Counts the characters outside of strings that begin an object, a list or a further element. */
export function hasTooManyParts(text: string): boolean {
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
