/** Reads a command line as redis-cli does: words, with quotes and escapes. */

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
/** A word in single quotes, in double quotes, or without. */
const WORD = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+))(?=\s|$)/sy;

/** Returns null for quotes that do not close, or that touch another word. */
export function splitWords(line: string): Buffer[] | null {
  const words: Buffer[] = [];
  const text = line.trim();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const [found, single, double, plain] = WORD.exec(text) ?? [];
    if (found === undefined) return null;
    if (single !== undefined) words.push(Buffer.from(single.replaceAll("\\'", "'")));
    else words.push(double === undefined ? Buffer.from(plain!) : readEscapes(double));
  }
  return words;
}

function readEscapes(text: string): Buffer {
  const parts = text.matchAll(/\\x([\da-f]{2})|\\(.)|[^\\]+/gis);
  return Buffer.concat(
    Array.from(parts, ([all, hex, escaped]) => {
      if (hex) return Buffer.from(hex, 'hex');
      return Buffer.from(escaped ? (ESCAPES[escaped] ?? escaped) : all);
    }),
  );
}
