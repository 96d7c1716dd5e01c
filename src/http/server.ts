/** The HTTP server: its time limits, and what its connections may cost. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { answerOneByOne, type Headers } from './connections.ts';

/** The platform's router reuses connections that were idle for up to 90 seconds. */
const KEEP_ALIVE_TIMEOUT = 95_000; // milliseconds
const HEADERS_TIMEOUT = 10_000; // milliseconds
/** From the first byte of a request to the last one of its body. */
const REQUEST_TIMEOUT = 60_000; // milliseconds
const CHECK_INTERVAL = 2000; // milliseconds, of the two above
/** Longer than any answer takes that is not a stream; sign-ins wait for 20 seconds at most. */
const STALL_TIMEOUT = 30_000; // milliseconds

/** `headers` are for the answers that no request leads to. */
export function createHttpServer(listener: RequestListener, headers: Headers): Server {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    headersTimeout: HEADERS_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    connectionsCheckingInterval: CHECK_INTERVAL,
  });
  server.setTimeout(STALL_TIMEOUT);
  // By default, Node.js would drop the headers behind 1,000 others, X-Forwarded-For among them
  server.maxHeadersCount = 0;
  answerOneByOne(server, listener, headers);
  return server;
}
