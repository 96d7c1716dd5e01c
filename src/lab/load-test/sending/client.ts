/**
 * An HTTP/1.1 client with one keep-alive connection, for one request at a time.
 *
 * It is our own, because a load test must cost less than the app: in one run against the app, with 32
 * connections, node:http took 31 to 39 µs of processor time for an answer, undici 25 to 29, this 14 to 17.
 */
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectEncrypted } from 'node:tls';
import type { Question } from '../visitors/visitor.ts';
import { readAnswer, type Response } from './answer.ts';

const TIMEOUT = 10_000; // milliseconds from the request to the end of its answer

/** A server may close a connection that was idle so long just when the next request is sent. */
const LONGEST_IDLE = 4000; // milliseconds

const NOTHING = Buffer.alloc(0);

const READ_AT_ONCE = 65_536; // bytes, at most

interface Pending {
  resolve: (response: Response) => void;
  reject: (error: Error) => void;
}

export class HttpClient {
  readonly #origin: URL;
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | null = null;
  #received: Buffer = NOTHING;
  #pending: Pending | null = null;
  #usedAt = 0;

  constructor(origin: string, timeout = TIMEOUT) {
    this.#origin = new URL(origin);
    this.#timer = setTimeout(() => this.#fail('timeout'), timeout);
  }

  /**
   * Opens a connection when there is none. Rejects with an error whose message is the kind of the
   * failure, as `timeout` or `ECONNRESET`, when there is no whole answer.
   */
  ask(question: Question): Promise<Response> {
    if (performance.now() - this.#usedAt > LONGEST_IDLE) this.#disconnect();
    this.#socket ??= this.#connect();
    this.#timer.refresh();
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#socket!.write(toText(question, this.#origin.host), 'latin1');
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#disconnect();
  }

  #connect(): Socket {
    const isCurrent = () => socket === this.#socket;
    const socket = open(this.#origin, (bytes) => isCurrent() && this.#receive(bytes));
    socket.on('end', () => isCurrent() && this.#receive(NOTHING, true));
    socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (isCurrent()) this.#fail(code ?? message);
    });
    return socket;
  }

  #receive(bytes: Buffer, isClosed = false): void {
    if (!this.#pending) return this.#disconnect(); // closed between two requests
    const received = this.#received.length > 0 ? Buffer.concat([this.#received, bytes]) : bytes;
    try {
      const response = readAnswer(received, isClosed);
      if (response) this.#answer(response, isClosed);
      else if (isClosed) this.#fail('connection closed');
      else this.#received = Buffer.from(received); // a copy
    } catch (error) {
      this.#fail((error as Error).message);
    }
  }

  #answer(response: Response, isClosed: boolean): void {
    const { resolve } = this.#pending!;
    this.#pending = null;
    this.#received = NOTHING;
    this.#usedAt = performance.now();
    if (response.isLast || isClosed) this.#disconnect();
    resolve(response);
  }

  #fail(kind: string): void {
    const pending = this.#pending;
    this.#pending = null;
    this.#disconnect();
    pending?.reject(new Error(kind));
  }

  #disconnect(): void {
    this.#socket?.destroy();
    this.#socket = null;
    this.#received = NOTHING;
  }
}

/** The bytes are overwritten when `receive` has returned. */
function open({ protocol, hostname, port }: URL, receive: (bytes: Buffer) => void): Socket {
  const host = hostname.replace(/^\[|\]$/g, ''); // of an IPv6 address
  // A new buffer for each 'data' event would cost a tenth more for each answer
  const onread = {
    buffer: Buffer.allocUnsafe(READ_AT_ONCE),
    callback(length: number, buffer: Uint8Array) {
      receive((buffer as Buffer).subarray(0, length));
      return true; // reads on
    },
  };
  const options = { host, noDelay: true, onread };
  if (protocol === 'http:') return connect({ ...options, port: Number(port) || 80 });
  const servername = isIP(host) ? '' : host; // TLS has names only
  return connectEncrypted({ ...options, port: Number(port) || 443, servername });
}

function toText({ method, path, cookie, fields }: Question, host: string): string {
  const head =
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n` +
    'Accept: application/json\r\nUser-Agent: redis-example-app load test\r\n' +
    (cookie ? `Cookie: ${cookie}\r\n` : '');
  if (!fields) return `${head}\r\n`;
  const body = String(new URLSearchParams(fields));
  const type = 'Content-Type: application/x-www-form-urlencoded';
  return `${head}${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
