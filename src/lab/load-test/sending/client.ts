/** An HTTP client with one keep-alive connection, for one request at a time. */
import { Client, type Dispatcher } from 'undici';
import type { Question } from '../visitors/visitor.ts';

export interface Response {
  status: number;
  headers: Headers;
  body: string;
}

/** By names in lower case. */
type Headers = Record<string, string | string[] | undefined>;

const TIMEOUT = 10_000; // milliseconds from the request to the end of its answer

/** Names that say more than the codes of undici. */
const FAILURES: Record<string, string> = {
  UND_ERR_SOCKET: 'connection closed',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
};

export class HttpClient {
  readonly #origin: string;
  readonly #timeout: number;
  #connection: Client | null = null;

  constructor(origin: string, timeout = TIMEOUT) {
    this.#origin = origin;
    this.#timeout = timeout;
  }

  /**
   * Opens a connection when there is none. Throws an error whose message is the kind of the failure,
   * as `timeout` or `ECONNRESET`, when there is no whole answer.
   */
  async ask(question: Question): Promise<Response> {
    const connection = (this.#connection ??= this.#open());
    const timer = setTimeout(() => this.close(new Error('timeout')), this.#timeout);
    try {
      return await new Promise<Response>((resolve, reject) => {
        connection.dispatch(toRequest(question), new Receiver(resolve, reject));
      });
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      throw new Error(FAILURES[code] ?? (code || message), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  /** A request that is not answered yet fails with the error. */
  close(error: Error | null = null): void {
    void this.#connection?.destroy(error);
    this.#connection = null;
  }

  /** The limits of undici are for parts of an answer, ours is for all of it. */
  #open(): Client {
    return new Client(this.#origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.#timeout },
    });
  }
}

/** Puts an answer together from what undici's parser finds. */
class Receiver implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;
  readonly #chunks: Buffer[] = [];
  #status = 0;
  #headers: Headers = {};

  constructor(resolve: (response: Response) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {} // undici takes a handler without it for one of its older kind

  onResponseStart(_: unknown, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.#chunks).toString();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: unknown, error: Error): void {
    this.#reject(error);
  }
}

function toRequest({ method, path, cookie, fields }: Question): Dispatcher.DispatchOptions {
  const headers: Record<string, string> = {
    Accept: 'application/json',
    'User-Agent': 'redis-example-app load test',
  };
  if (cookie) headers.Cookie = cookie;
  if (!fields) return { method, path, headers };
  headers['Content-Type'] = 'application/x-www-form-urlencoded';
  return { method, path, headers, body: String(new URLSearchParams(fields)) };
}
