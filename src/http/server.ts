/** The HTTP server: limits on what clients cost it, and what every request and answer has in common. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Headers } from './headers.ts';
import { countAnswer, type RequestCounts } from './request-counts.ts';

/** The platform's router reuses connections that were idle for up to 90 seconds. */
const KEEP_ALIVE_TIMEOUT = 95_000; // milliseconds
const HEADERS_TIMEOUT = 10_000; // milliseconds
/** From the first byte of a request to the last one of its body. */
const REQUEST_TIMEOUT = 60_000; // milliseconds
const CHECK_INTERVAL = 2000; // milliseconds, for the two above
/** Longer than any answer takes, except streams; sign-ins wait for 20 seconds at most. */
const STALL_TIMEOUT = 30_000; // milliseconds

/** Each may hold 64 KiB of a body that nothing reads yet. The platform's router opens 500 at most. */
const MOST_CONNECTIONS = 512;
/** Requests, on all connections, that were sent before the one in front of them was answered. */
const MOST_WAITING = 2048;

/** For what Node.js cannot read as a request; 400 for any other error. */
const STATUS_BY_ERROR: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** If this instance wants requests: the answer of `GET /status/ready`. */
export interface Health {
  state: 'starting' | 'ready' | 'draining';
}

interface Around {
  headers: Headers;
  health: Health;
  counts: RequestCounts;
}

interface Connection {
  /** The request that is being answered. */
  request: IncomingMessage | null;
  waiting: [IncomingMessage, ServerResponse][];
}

/** `headers` are for answers without a request: to connections that are refused or unreadable. */
export function createHttpServer(listener: RequestListener, headers: Headers): Server {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
  });
  server.setTimeout(STALL_TIMEOUT);
  // By default, Node.js would drop headers after the first 1,000, X-Forwarded-For among them
  server.maxHeadersCount = 0;
  answerOneByOne(server, listener, headers);
  return server;
}

/** Wraps Koa: sets headers where answers to errors have them too, and counts every answer. */
export function createListener(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  { headers, health, counts }: Around,
): RequestListener {
  return (request, response) => void answer(request, response);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = performance.now();
    for (const [name, value] of headers) response.setHeader(name, value);
    // Stored values are plain text, even if a browser would take them for HTML
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    if (health.state === 'draining') response.setHeader('Connection', 'close');

    await handle(request, response);
    const { method, url } = request as { method: string; url: string };
    const duration = performance.now() - arrival;
    countAnswer(counts, { method, url, status: response.statusCode, duration });
  }
}

/**
 * Node.js would begin all requests that a client sends in one go at once; here each waits until the
 * one before it is answered. When there are too many connections, the one that has been without a
 * request for the longest time is closed, or else one whose request is not complete.
 */
function answerOneByOne(server: Server, listener: RequestListener, headers: Headers): void {
  /** The least recently used first. */
  const connections = new Map<Socket, Connection>();
  let waiting = 0;

  server.on('connection', (socket: Socket) => {
    if (connections.size >= MOST_CONNECTIONS && !closeUnused()) return refuse(socket, 503);
    connections.set(socket, { request: null, waiting: [] });
    socket.once('close', () => forget(socket));
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (connections.get(socket)?.request?.complete || !socket.writable) socket.destroy();
    else refuse(socket, STATUS_BY_ERROR[error.code ?? ''] ?? 400);
  });

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const connection = connections.get(socket);
    if (!connection) return;
    if (!connection.request) return begin(socket, connection, request, response);
    if (waiting >= MOST_WAITING) return void socket.destroy();
    waiting++;
    connection.waiting.push([request, response]);
  });

  function begin(
    socket: Socket,
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    connection.request = request;
    response.once('close', () => end(socket, connection));
    listener(request, response);
  }

  function end(socket: Socket, connection: Connection): void {
    // The rest of a body that no route reads could be endless
    if (!connection.request?.complete) socket.destroy();
    connection.request = null;
    if (!connections.delete(socket)) return;
    connections.set(socket, connection);
    const next = socket.destroyed ? null : connection.waiting.shift();
    if (!next) return;
    waiting--;
    begin(socket, connection, ...next);
  }

  function forget(socket: Socket): void {
    waiting -= connections.get(socket)?.waiting.length ?? 0;
    connections.delete(socket);
  }

  /** Returns false when all connections have a complete request that is being answered. */
  function closeUnused(): boolean {
    const [socket] =
      find(({ request }) => !request) ?? find(({ request }) => !request?.complete) ?? [];
    if (!socket) return false;
    forget(socket);
    socket.destroy();
    return true;
  }

  function find(isWanted: (connection: Connection) => boolean) {
    for (const entry of connections) if (isWanted(entry[1])) return entry;
    return null;
  }

  function refuse(socket: Socket, status: number): void {
    const all: Headers = [
      ...headers,
      ...(status === 503 ? [['Retry-After', '2'] as const] : []),
      ['Connection', 'close'],
      ['Content-Length', '0'],
    ];
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`);
    socket.destroySoon();
  }
}
