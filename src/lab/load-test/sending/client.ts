/** One connection of autocannon until it breaks: sends requests, receives answers. */
import autocannon from 'autocannon';
import type { Question } from '../visitors/visitor.ts';

export interface Response {
  status: number;
  body: string;
  /** By names in lower case. */
  headers: Headers;
}

type Headers = Record<string, string | string[] | undefined>;

interface Parts {
  origin: string;
  /** Whole requests per second; null for as fast as answers come. */
  rate: number | null;
  /** Called each time a request is due. */
  next: () => Question;
  answered: (response: Response) => void;
  /** Called once, with an error when the last question has no answer because of it. */
  ended: (error: string) => void;
}

/** The part of autocannon's client that its types leave out. */
interface Client extends NodeJS.EventEmitter {
  setRequests(requests: autocannon.Request[]): void;
  destroy(): void;
}

const TIMEOUT = 10; // seconds
const DAY = 24 * 60 * 60; // seconds: longer than any load, which calls end()

/** autocannon asks for a request even after destroy(), and does not send it. */
const NOTHING: autocannon.Request = { method: 'GET', path: '/status/health', headers: {} };

/**
 * autocannon itself goes on when a connection breaks. It then takes the next answer for that of the
 * request before, and asks a server that is down without a pause. So each run of autocannon has one
 * connection, and ends with it.
 */
export function startClient({ origin, rate, next, answered, ended }: Parts) {
  let client: Client;
  let hasEnded = false;
  let sentAt: number | null = null;

  const run = autocannon({
    url: origin,
    connections: 1,
    duration: DAY,
    timeout: TIMEOUT,
    skipAggregateResult: true,
    ...(rate && { overallRate: rate }),
    setupClient(created) {
      client = created as unknown as Client;
      client.on('connError', ({ code }: NodeJS.ErrnoException) => end(code ?? 'no connection'));
      client.on('timeout', () => end('timeout'));
      client.setRequests([{ setupRequest: ask, onResponse: answer }]);
    },
  });
  run.catch((error: Error) => end(error.message));

  return { end: () => end('ended') };

  function ask(): autocannon.Request {
    if (sentAt !== null) end(hasTimedOut(sentAt) ? 'timeout' : 'connection closed');
    if (hasEnded) return NOTHING;
    sentAt = performance.now();
    return toRequest(next());
  }

  function answer(status: number, body: string, _: object, sent: Headers = {}) {
    if (hasEnded) return;
    sentAt = null;
    const headers = lowerCaseNames(sent);
    answered({ status, body, headers });
    if (headers.connection === 'close') end('connection closed');
  }

  function end(error: string) {
    if (hasEnded) return;
    hasEnded = true;
    client.destroy();
    ended(error);
  }
}

function hasTimedOut(sentAt: number): boolean {
  return performance.now() - sentAt > (TIMEOUT - 0.5) * 1000;
}

function toRequest({ method, path, cookie, fields }: Question): autocannon.Request {
  const headers = {
    Accept: 'application/json',
    'User-Agent': 'redis-example-app load test',
    ...(cookie && { Cookie: cookie }),
    ...(fields && { 'Content-Type': 'application/x-www-form-urlencoded' }),
  };
  return { method, path, headers, body: fields && String(new URLSearchParams(fields)) };
}

function lowerCaseNames(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
