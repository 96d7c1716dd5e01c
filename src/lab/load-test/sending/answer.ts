/** Reads an HTTP/1.1 answer, as far as a load test needs it. */

export interface Response {
  status: number;
  /** The X-App-Instance, or null. */
  instance: string | null;
  /** The text of each `Set-Cookie`. */
  cookies: string[];
  body: string;
  /** The server closes the connection after this answer. */
  isLast: boolean;
}

const END_OF_HEAD = '\r\n\r\n';

/**
 * Returns null while the answer is not complete; `isClosed` when no more bytes can come. Throws an
 * error for bytes that are no answer, or more than one.
 */
export function readAnswer(bytes: Buffer, isClosed: boolean): Response | null {
  const length = bytes.indexOf(END_OF_HEAD);
  if (length === -1) return null;
  const head = bytes.toString('latin1', 0, length + 2);
  const rest = bytes.subarray(length + END_OF_HEAD.length);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  if (!status) throw new Error('no HTTP/1.1');
  if (status < 200) return readAnswer(rest, isClosed); // as 100 Continue

  const headers = head.toLowerCase(); // proxies change the case of names
  const body = readBody(status, headers, rest, isClosed);
  if (body === null) return null;
  return {
    status,
    instance: find('x-app-instance')[0] ?? null,
    cookies: find('set-cookie'),
    body,
    isLast: findValues(headers, headers, 'connection').includes('close'),
  };

  /** Returns the values of all headers of that name. */
  function find(name: string): string[] {
    return findValues(head, headers, name);
  }
}

/** Returns null while it is not complete. */
function readBody(status: number, headers: string, rest: Buffer, isClosed: boolean): string | null {
  if (headers.includes('\r\ntransfer-encoding:')) return readChunks(rest);
  const [declared] = findValues(headers, headers, 'content-length');
  if (status === 204 || status === 304) return takeBytes(rest, 0);
  if (declared === undefined) return isClosed ? rest.toString() : null;
  return takeBytes(rest, Number(declared));
}

function takeBytes(rest: Buffer, length: number): string | null {
  if (rest.length > length) throw new Error('more than one answer');
  return rest.length < length ? null : rest.toString('utf8', 0, length);
}

/** Each chunk has its size before it; the last one is empty, and trailers may follow. */
function readChunks(rest: Buffer): string | null {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (!(size >= 0)) throw new Error('no size of a chunk');
    if (size === 0) return rest.includes(END_OF_HEAD, at) ? String(Buffer.concat(chunks)) : null;
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The head as it is and in lower case, and the name in lower case. */
function findValues(head: string, lowerCase: string, name: string): string[] {
  const values: string[] = [];
  const start = `\r\n${name}:`;
  for (let at = 0; (at = lowerCase.indexOf(start, at)) !== -1;) {
    at += start.length;
    values.push(head.slice(at, head.indexOf('\r\n', at)).trim());
  }
  return values;
}
