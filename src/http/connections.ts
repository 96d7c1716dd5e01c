/** Limits what connections cost: how many there are, and one request at a time on each. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Each may hold 64 KiB of a body that nothing reads yet. The platform's router opens 500 at most. */
const MOST_CONNECTIONS = 512;
/** Requests, on all connections, that were sent before the one in front of them was answered. */
const MOST_WAITING = 2048;

const FULL = [
  'HTTP/1.1 503 Service Unavailable',
  'Retry-After: 2',
  'Connection: close',
  'Content-Length: 0',
  '\r\n',
].join('\r\n');

interface Connection {
  /** The request that is being answered. */
  request: IncomingMessage | null;
  waiting: [IncomingMessage, ServerResponse][];
}

/**
 * Answers requests with `listener`. Node.js would begin all requests that a client sends in one go at
 * once; here each waits until the one before it is answered. When there are too many connections, the
 * one that has sent no whole request for the longest time is closed, so that a request which is
 * complete finds room.
 */
export function answerOneByOne(server: Server, listener: RequestListener): void {
  /** The least recently used first. */
  const connections = new Map<Socket, Connection>();
  let waiting = 0;

  server.on('connection', (socket: Socket) => {
    if (connections.size >= MOST_CONNECTIONS && !closeUnused()) return refuse(socket);
    connections.set(socket, { request: null, waiting: [] });
    socket.once('close', () => forget(socket));
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
    // The rest of a body that nothing wants could be endless
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
    for (const [socket, { request }] of connections) {
      if (request?.complete) continue;
      forget(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}

function refuse(socket: Socket): void {
  socket.write(FULL);
  socket.destroySoon();
}
