/** Forwards a request to an instance, and its answer to the client. */
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import { addInstanceHeaders, removeHopHeaders } from './headers.ts';
import type { Endpoint } from './route.ts';
import { makeStickyCookie, readStickyInstance } from './sticky.ts';

/** As long as the platform's router waits for an instance that says nothing. */
const TIMEOUT = 15 * 60 * 1000; // 15 minutes

export function createForwarder() {
  const agent = Object.assign(new Agent({ keepAlive: true }), { createConnection: connectFirst });
  const proxy = createProxyServer({
    agent,
    proxyTimeout: TIMEOUT,
    preserveHeaderKeyCase: true,
    headers: { connection: 'keep-alive' }, // to the instance, whatever the client wants for its own
  });
  proxy.on('proxyRes', changeAnswer);

  return { forward, close: () => agent.destroy() };

  /** Rejects with ECONNREFUSED when nothing was sent yet. Resolves when the client has left, too. */
  function forward(request: IncomingMessage, response: ServerResponse, endpoint: Endpoint) {
    addInstanceHeaders(request.headers, endpoint);
    return proxy.web(request, response, { target: `http://127.0.0.1:${endpoint.port}` });
  }
}

/** A request gets no socket before it is connected: its body is still whole if it is refused. */
function connectFirst(
  options: NetConnectOpts,
  done: (error: Error | null, socket?: Socket) => void,
): undefined {
  const socket = connect(options);
  socket.once('error', done);
  socket.once('connect', () => {
    socket.off('error', done);
    done(null, socket);
  });
}

function changeAnswer(answer: IncomingMessage, request: IncomingMessage, response: ServerResponse) {
  removeHopHeaders(answer.headers);
  answer.headers['X-Vcap-Request-Id'] = request.headers['x-vcap-request-id'];
  addStickyCookie(answer, request);
  // Later than httpxy copies them; the first event may be far away.
  if (isEventStream(answer)) process.nextTick(() => response.flushHeaders());
}

function addStickyCookie({ headers: answer }: IncomingMessage, { headers }: IncomingMessage) {
  const cookies = answer['set-cookie'] ?? [];
  const instance = String(headers['x-cf-instanceid']);
  const cookie = makeStickyCookie(cookies, instance, readStickyInstance(headers));
  if (cookie) answer['set-cookie'] = [...cookies, cookie];
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') ?? false;
}
