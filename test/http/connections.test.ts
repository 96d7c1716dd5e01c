/** What connections may cost: how many there are, in which order they end, and what waits on them. */
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpServer } from '../../src/http/server.ts';
import { stopAtEnd } from '../support/cleanup.ts';
import { type Connection, formRequest, send, sendFromMany } from '../support/stranger.ts';
import { until } from '../support/until.ts';

const MOST_CONNECTIONS = 512;
const MOST_WAITING = 2048;

const SOON = 5000; // milliseconds

const GET = 'GET /answered HTTP/1.1\r\nHost: app\r\n\r\n';
const LAST = 'GET /answered HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n';
const NEVER = 'GET /never HTTP/1.1\r\nHost: app\r\n\r\n';

/** Answers /answered at once, and nothing else ever. */
async function listen() {
  let requests = 0;
  const answer: RequestListener = ({ url }, response) => {
    requests++;
    if (url === '/answered') response.end('answer');
  };
  const server = createHttpServer(answer, [['X-App-Instance', '0/abc']]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stopAtEnd(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, port, requests: () => requests };
}

async function countAnswers(port: number, bytes: string): Promise<number> {
  const { socket } = send(port, bytes);
  let answers = '';
  for await (const data of socket) answers += String(data);
  return answers.match(/HTTP\/1\.1 200/g)?.length ?? 0;
}

const isClosed = ({ socket }: Connection) => socket.destroyed;

describe('when there are too many connections', () => {
  it('the one without a request for the longest time is closed', async () => {
    const { port } = await listen();
    const first = send(port, '');
    await once(first.socket, 'connect');
    const second = send(port, '');
    await once(second.socket, 'connect');
    first.socket.write(GET);
    expect(await first.status).toBe(200);
    const others = sendFromMany(port, MOST_CONNECTIONS - 2, '');
    await Promise.all(others.map(({ socket }) => once(socket, 'connect')));

    expect(await send(port, GET).status).toBe(200);
    await until('the other is closed', () => isClosed(second), { limit: SOON });
    expect([first, ...others].filter(isClosed)).toEqual([]);
  });

  it('one whose request is not complete is closed when all have one', async () => {
    const { port, requests } = await listen();
    const complete = sendFromMany(port, MOST_CONNECTIONS - 1, NEVER);
    const unfinished = send(port, formRequest('PUT /never', 'da', 8));
    await until('all requests have come', () => requests() === MOST_CONNECTIONS);

    expect(await send(port, GET).status).toBe(200);
    await until('the unfinished one is closed', () => isClosed(unfinished), { limit: SOON });
    expect(complete.filter(isClosed)).toEqual([]);
  });

  it('one without a request is closed before an older one whose request is not complete', async () => {
    const { port, requests } = await listen();
    const unfinished = send(port, formRequest('PUT /never', 'da', 8));
    await until('its request has come', () => requests() === 1);
    const idle = sendFromMany(port, MOST_CONNECTIONS - 1, '');
    await Promise.all(idle.map(({ socket }) => once(socket, 'connect')));

    expect(await send(port, GET).status).toBe(200);
    await until('an idle one is closed', () => idle.some(isClosed), { limit: SOON });
    expect(isClosed(unfinished)).toBe(false);
  });

  it('a new one is refused with 503 when all have a request that is being answered', async () => {
    const { port, requests } = await listen();
    sendFromMany(port, MOST_CONNECTIONS, NEVER);
    await until('all requests have come', () => requests() === MOST_CONNECTIONS);

    const { socket } = send(port, GET);
    let answer = '';
    for await (const data of socket) answer += String(data);
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toMatch(/^Retry-After: 2\r$/m);
    expect(answer).toMatch(/^Connection: close\r$/m);
    expect(answer).toMatch(/^X-App-Instance: 0\/abc\r$/m);
  });
});

describe('requests that are sent before the one in front is answered', () => {
  it('may be so many, on all connections, and no more', async () => {
    const { port, requests } = await listen();
    const patient = sendFromMany(port, 2, NEVER.repeat(1 + MOST_WAITING / 2));
    await until('one of each is being answered', () => requests() === 2);
    const greedy = send(port, NEVER.repeat(2));
    await until('one too many is cut off', () => isClosed(greedy), { limit: SOON });
    expect(patient.filter(isClosed)).toEqual([]);
    expect(requests()).toBe(3);

    patient[0]!.socket.destroy();
    await until('two answers', async () => (await countAnswers(port, GET + LAST)) === 2);
  });
});

describe('a connection', () => {
  it('ends with its answer when the body of its request has not come by then', async () => {
    const { port } = await listen();
    const { socket } = send(port, formRequest('PUT /answered', 'da', 8));
    let answer = '';
    for await (const data of socket) answer += String(data);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('is cut off, not answered a second time, when what follows its request is none', async () => {
    const { port } = await listen();
    expect(await send(port, `${NEVER}what is no request\r\n\r\n`).status).toBeNull();
  });

  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_HEADER_OVERFLOW', 431],
    ['HPE_INVALID_METHOD', 400],
  ])('is refused for %s with %i, and ends', async (code, status) => {
    const { server, port } = await listen();
    const accepted = once(server, 'connection');
    const { socket } = send(port, '');
    const [connection] = await accepted;
    server.emit('clientError', Object.assign(new Error(code), { code }), connection);
    let answer = '';
    for await (const data of socket) answer += String(data);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toMatch(/^Retry-After/m);
  });

  it('is looked at every 2 seconds for what has taken too long', () => {
    expect(createHttpServer(() => {}, [])).toHaveProperty('connectionsCheckingInterval', 2000);
  });

  it('has 10 seconds for the headers of a request, a minute for all of it, and half for a pause', () => {
    const { headersTimeout, requestTimeout, timeout } = createHttpServer(() => {}, []);
    expect({ headersTimeout, requestTimeout, timeout }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      timeout: 30_000,
    });
  });
});
