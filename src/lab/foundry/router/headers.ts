/** Adds headers to a request, and removes some from an answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Endpoint } from './route.ts';

/** Changes the headers of the request in place; the host stays. */
export function addRequestHeaders({ headers, socket }: IncomingMessage, appGuid: string): void {
  const clients = [headers['x-forwarded-for'], socket.remoteAddress].flat();
  headers['x-forwarded-for'] = clients.filter(Boolean).join(', ');
  headers['x-forwarded-proto'] ||= 'http';
  headers['x-vcap-request-id'] = randomUUID(); // whatever the client says
  headers['x-cf-applicationid'] = appGuid;
}

/** Names the instance that is tried. */
export function addInstanceHeaders(headers: IncomingHttpHeaders, { index, guid }: Endpoint): void {
  headers['x-cf-instanceid'] = guid;
  headers['x-cf-instanceindex'] = String(index);
}

/** These headers describe the connection to the instance, not that to the client. */
export function removeHopHeaders(headers: IncomingHttpHeaders): void {
  delete headers.connection;
  delete headers['keep-alive'];
}
