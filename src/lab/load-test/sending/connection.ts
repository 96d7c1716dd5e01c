/** A connection that visitors use in turns. It is opened anew when it breaks; visitors judge answers. */
import type { Answer, Exchange, Fault, Visitor } from '../visitors/visitor.ts';
import { type Response, startClient } from './client.ts';

/** The outcome of one request. */
export interface Outcome {
  /** As `performance.now()`. */
  sentAt: number;
  /** Milliseconds until the answer, or until it was given up. */
  latency: number;
  request: string;
  /** Null when there was no answer. */
  status: number | null;
  /** The X-App-Instance of the answer. */
  instance: string | null;
  fault: Fault | null;
}

export interface ConnectionParts {
  origin: string;
  visitors: Visitor[];
  /** Whole requests per second; null for as fast as answers come. */
  rate: number | null;
  /** X-App-Instance may be missing. Otherwise an answer without it is a fault: it is not the app's. */
  isAnyTarget: boolean;
  record: (outcome: Outcome) => void;
}

interface Pending {
  exchange: Exchange;
  sentAt: number;
}

const FIRST_PAUSE = 100; // milliseconds before a broken connection is opened anew
const LONGEST_PAUSE = 1000; // milliseconds

export function openConnection({ origin, visitors, rate, isAnyTarget, record }: ConnectionParts) {
  let turn = 0;
  let pending: Pending | null = null;
  let pause = FIRST_PAUSE;
  let reopening: NodeJS.Timeout | undefined;
  let isClosing = false;
  let client = open();
  let resolveClosed: () => void;
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve));

  return { close };

  /** Resolves when the last request is answered or given up. */
  function close(): Promise<void> {
    isClosing = true;
    if (!pending) finish();
    return closed;
  }

  function open() {
    return startClient({ origin, rate, next, answered, ended });
  }

  function next(): Exchange {
    const exchange = visitors[turn++ % visitors.length]!.next();
    pending = { exchange, sentAt: performance.now() };
    return exchange;
  }

  function answered(response: Response) {
    const { exchange } = pending!;
    const { status } = response;
    const instance = readInstance(response);
    pause = FIRST_PAUSE;
    settle({ status, instance, fault: judge() });

    function judge(): Fault | null {
      if (instance || isAnyTarget) return exchange.judge(toAnswer(response));
      exchange.miss();
      return `HTTP ${status} without X-App-Instance`;
    }
  }

  /** A connection that the server closes between two requests is no fault. */
  function ended(error: string) {
    const wasBroken = pending !== null;
    if (pending) {
      pending.exchange.miss();
      settle({ status: null, instance: null, fault: error });
    }
    if (isClosing) return;
    reopening = setTimeout(() => (client = open()), wasBroken ? pause : 0);
    if (wasBroken) pause = Math.min(2 * pause, LONGEST_PAUSE);
  }

  function settle(rest: Pick<Outcome, 'status' | 'instance' | 'fault'>) {
    const { exchange, sentAt } = pending!;
    pending = null;
    record({ sentAt, latency: performance.now() - sentAt, request: exchange.name, ...rest });
    if (isClosing) finish();
  }

  function finish() {
    clearTimeout(reopening);
    client.end();
    resolveClosed();
  }
}

function readInstance({ headers }: Response): string | null {
  const instance = headers['x-app-instance'];
  return typeof instance === 'string' ? instance : null;
}

function toAnswer({ status, body, headers }: Response): Answer {
  const cookies = headers['set-cookie'] ?? [];
  return { status, body, cookies: [cookies].flat() };
}
