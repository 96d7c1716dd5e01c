/** The router: chooses an instance for each request, and another one if that refuses the connection. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOn } from '../../processes/port.ts';
import { createForwarder } from './forward.ts';
import { addRequestHeaders } from './headers.ts';
import { HEADER, readProcessInstance } from './process-instance.ts';
import {
  instanceBrokeOff,
  invalidProcessInstance,
  noInstance,
  type Refusal,
  refuse,
  unknownProcessInstance,
  unknownRoute,
} from './refusal.ts';
import type { Endpoint, Route } from './route.ts';
import { readStickyInstance } from './sticky.ts';

interface Parts {
  route: Route;
  /** The GUID of the only process that the route leads to. */
  processGuid: string;
  port: number;
}

/** So many instances are tried before the request fails. */
const ATTEMPTS = 3;
/** A client that comes back within this time finds its connection open. */
const KEEP_ALIVE_TIMEOUT = 15 * 60 * 1000; // 15 minutes

/** Resolves when it listens, on loopback only. */
export async function startRouter({ route, processGuid, port: requestedPort }: Parts) {
  const { forward, close: closeForwarder } = createForwarder();
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: 0 },
    (request, response) => void answer(request, response),
  );
  const port = await listenOn(server, requestedPort);

  return { port, address: `127.0.0.1:${port}`, close };

  async function close() {
    closeForwarder();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  }

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const endpoints = choose(request);
    if (!Array.isArray(endpoints)) return refuse(response, endpoints);

    addRequestHeaders(request, processGuid);
    try {
      await forwardToOne(request, response, endpoints);
    } catch {
      // An answer that has begun breaks off as it does at the instance.
      if (!response.headersSent) refuse(response, instanceBrokeOff);
    }
  }

  /** All that may get the request, in the order in which they are asked. */
  function choose({ headers }: IncomingMessage): Endpoint[] | Refusal {
    const host = headers.host ?? '';
    const wanted = headers[HEADER] && readProcessInstance(String(headers[HEADER]));
    if (wanted === null) return invalidProcessInstance;
    if (!route.exists()) return unknownRoute(host);
    const all = route.list();
    if (all.length === 0) return noInstance(host);

    if (!wanted) return preferSticky(all, readStickyInstance(headers));
    const { guid, index } = wanted;
    const found = all.filter((one) => index === null || one.index === index);
    if (guid !== processGuid || found.length === 0) return unknownProcessInstance(host, wanted);
    return found;
  }

  async function forwardToOne(
    request: IncomingMessage,
    response: ServerResponse,
    endpoints: Endpoint[],
  ) {
    for (const [attempt, endpoint] of endpoints.entries()) {
      const isLast = attempt + 1 === Math.min(ATTEMPTS, endpoints.length);
      try {
        return await forward(request, response, endpoint);
      } catch (error) {
        if (isLast || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      }
    }
  }
}

function preferSticky(endpoints: Endpoint[], guid: string | undefined): Endpoint[] {
  const isSticky = (endpoint: Endpoint) => endpoint.guid === guid;
  return [...endpoints.filter(isSticky), ...endpoints.filter((one) => !isSticky(one))];
}
