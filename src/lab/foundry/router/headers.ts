/** The headers that the router adds to a request, and takes from an answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Endpoint } from './route.ts';

/** Changes those of the request, which are what is forwarded. The host stays. */
export function addRequestHeaders({ headers, socket }: IncomingMessage, appGuid: string): void {
  const clients = [headers['x-forwarded-for'], socket.remoteAddress].flat();
  headers['x-forwarded-for'] = clients.filter(Boolean).join(', ');
  headers['x-forwarded-proto'] ||= 'http';
  headers['x-vcap-request-id'] = randomUUID(); // whatever the client says
  headers['x-cf-applicationid'] = appGuid;
}

/** For each instance that is tried. */
export function addInstanceHeaders(headers: IncomingHttpHeaders, { index, guid }: Endpoint): void {
  headers['x-cf-instanceid'] = guid;
  headers['x-cf-instanceindex'] = String(index);
}

/** What an instance says of its connection does not hold for that of the client. */
export function removeHopHeaders(headers: IncomingHttpHeaders): void {
  delete headers.connection;
  delete headers['keep-alive'];
}
