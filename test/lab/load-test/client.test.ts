/** The client of the load test: its patience, and when it opens a new connection. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import net, { Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { HttpClient } from '../../../src/lab/load-test/sending/client.ts';
import { serve } from '../../support/serve.ts';

const QUESTION = { name: '', method: 'GET', path: '/' } as const;

/** Returns a client, and the requests that its server has received, which the test answers. */
async function connect() {
  const requests: { response: ServerResponse; socket: Socket }[] = [];
  let arrive: () => void;
  const origin = await serve(({ socket }, response) => {
    requests.push({ response, socket });
    arrive();
  });
  const client = new HttpClient(origin);
  return { client, requests, ask };

  /** Resolves when the request has arrived. */
  async function ask() {
    const arrival = new Promise<void>((resolve) => (arrive = resolve));
    const asking = client.ask(QUESTION);
    asking.catch(() => {}); // the test looks at it later
    await arrival;
    return { asking, answer: (text: string) => requests.at(-1)!.response.end(text) };
  }
}

/** Asks once, and is answered. */
async function exchange({ ask }: Awaited<ReturnType<typeof connect>>): Promise<void> {
  const { asking, answer } = await ask();
  answer('an answer');
  await asking;
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

it('waits for an answer for ten seconds, and no longer', async () => {
  const { client, ask } = await connect();
  const { asking, answer } = await ask();
  jest.advanceTimersByTime(9_999);
  answer('at last');
  expect((await asking).body).toBe('at last');

  const { asking: another } = await ask();
  jest.advanceTimersByTime(10_000);
  await expect(another).rejects.toThrow(/^timeout$/);
  client.close();
});

it('waits as long for each of several answers', async () => {
  const { client, ask } = await connect();
  for (let i = 0; i < 3; i++) {
    const { asking, answer } = await ask();
    jest.advanceTimersByTime(6_000);
    answer(`${i}`);
    expect((await asking).body).toBe(`${i}`);
  }
  client.close();
});

it('asks on a new connection after an answer that was none, whose rest could come late', async () => {
  const { client, requests, ask } = await connect();
  const { asking } = await ask();
  requests[0]!.socket.write('+PONG\r\n\r\n');
  await expect(asking).rejects.toThrow('no HTTP/1.1');

  const { asking: next, answer } = await ask();
  const [first, second] = requests.map(({ socket }) => socket.remotePort);
  expect(second).not.toBe(first);
  answer('the next one');
  expect((await next).body).toBe('the next one');
  client.close();
});

it('keeps its connection, but for one that was idle for more than four seconds', async () => {
  const server = await connect();
  const { client, requests } = server;
  await exchange(server);
  jest.advanceTimersByTime(4_000);
  await exchange(server);
  jest.advanceTimersByTime(4_001);
  await exchange(server);
  client.close();

  const [first, second, third] = requests.map(({ socket }) => socket.remotePort);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it('closes its connection at its end, and waits for nothing', async () => {
  const server = await connect();
  await exchange(server);
  const closed = once(server.requests[0]!.socket, 'close');
  server.client.close();
  await closed;

  expect(jest.getTimerCount()).toBe(0);
});

it('asks on a new connection after an answer that has ended with the old one', async () => {
  const { client, requests, ask } = await connect();
  const { asking } = await ask();
  requests[0]!.socket.end('HTTP/1.0 200 OK\r\n\r\nwithout a length');
  expect((await asking).body).toBe('without a length');

  const { asking: next, answer } = await ask();
  answer('the next one');
  expect((await next).body).toBe('the next one');
  client.close();
}, 5_000);

describe('the connection', () => {
  /** Returns where a client connects to. */
  async function findPlace(origin: string) {
    const toPlain = jest.spyOn(net, 'connect').mockReturnValue(new Socket());
    const toEncrypted = jest.spyOn(tls, 'connect').mockReturnValue(new Socket() as TLSSocket);
    const client = new HttpClient(origin);
    await client.ask(QUESTION).catch(() => {}); // there is no such server
    client.close();
    return [...toPlain.mock.calls, ...toEncrypted.mock.calls].flat();
  }

  it.each([
    ['http://app.example.com', { host: 'app.example.com', port: 80 }],
    ['http://app.example.com:8080', { host: 'app.example.com', port: 8080 }],
    ['http://[::1]:8080', { host: '::1', port: 8080 }],
  ])('to %s is a plain one', async (origin, place) => {
    const [found] = await findPlace(origin);

    expect(found).toMatchObject(place);
    expect(found).not.toHaveProperty('servername');
  });

  it.each([
    ['https://app.example.com', { host: 'app.example.com', port: 443, name: 'app.example.com' }],
    [
      'https://app.example.com:8443',
      { host: 'app.example.com', port: 8443, name: 'app.example.com' },
    ],
    ['https://192.0.2.1', { host: '192.0.2.1', port: 443, name: '' }],
    ['https://[2001:db8::1]', { host: '2001:db8::1', port: 443, name: '' }],
  ])('to %s is encrypted, for that name', async (origin, { name: servername, ...place }) => {
    expect(await findPlace(origin)).toEqual([expect.objectContaining({ ...place, servername })]);
  });
});
