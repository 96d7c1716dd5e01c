/** The loop of one connection: visitors use it in turns, and judge their answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, Failure, Visitor } from '../visitors/visitor.ts';
import type { Response } from './answer.ts';
import { HttpClient } from './client.ts';

/** The outcome of one request. */
export interface Outcome {
  /**
   * As `performance.now()`. With a constant rate, a request may be due before the one before it is
   * answered; otherwise it is due when it is sent.
   */
  dueAt: number;
  sentAt: number;
  /** Milliseconds from when it was sent until the answer, or until it was given up. */
  latency: number;
  request: string;
  /** Null when there was no answer. */
  status: number | null;
  /** The X-App-Instance of the answer. */
  instance: string | null;
  failure: Failure | null;
}

export interface ConnectionParts {
  origin: string;
  visitors: Visitor[];
  /** Milliseconds until the first request. */
  delay: number;
  /** Milliseconds from one request to the next; null for as fast as answers come. */
  interval: number | null;
  /** X-App-Instance may be missing. Otherwise an answer without it is a failure: it is not the app's. */
  isAnyTarget: boolean;
  record: (outcome: Outcome) => void;
  /** Ends the loop. */
  signal: AbortSignal;
}

const FIRST_PAUSE = 100; // milliseconds before a broken connection is opened anew
const LONGEST_PAUSE = 1000; // milliseconds

/**
 * Resolves when the signal is aborted and the last request is answered or given up.
 *
 * With a constant rate, the requests keep to their schedule: one that has to wait for the answer
 * before it was due earlier than it is sent, and its user waits for both (otherwise the slowest times
 * would have the fewest requests: coordinated omission). What is due while the connection is down is
 * left out, because that wait is our own.
 */
export async function keepAsking(parts: ConnectionParts): Promise<void> {
  const { origin, visitors, delay, interval, isAnyTarget, record, signal } = parts;
  const client = new HttpClient(origin);
  let dueAt = performance.now() + delay;
  let pause = FIRST_PAUSE;

  for (let turn = 0; ; turn++) {
    const wait = dueAt - performance.now();
    if (wait > 0) await sleep(wait, null, { signal }).catch(() => {});
    if (signal.aborted) break;

    const sentAt = performance.now();
    // A timer that goes off late is no wait of a user
    const isOverdue = interval !== null && wait < 0;
    const { status, instance, failure, request } = await carryOut(
      client,
      visitors[turn % visitors.length]!.next(),
      isAnyTarget,
    );
    const answeredAt = performance.now();
    record({
      dueAt: isOverdue ? dueAt : sentAt,
      sentAt,
      latency: answeredAt - sentAt,
      request,
      status,
      instance,
      failure,
    });
    if (interval !== null) dueAt += interval;
    if (status !== null) {
      pause = FIRST_PAUSE;
    } else {
      dueAt = Math.max(dueAt, answeredAt + pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }
  client.close();
}

/** Sends the request of an exchange, and has its answer judged. Never rejects. */
export async function carryOut(client: HttpClient, exchange: Exchange, isAnyTarget: boolean) {
  const request = exchange.name;
  try {
    const response = await client.ask(exchange);
    const { status, instance, body } = response;
    const failure = judge(exchange, response, isAnyTarget);
    return { request, status, instance, failure, body };
  } catch (error) {
    exchange.miss();
    return { request, status: null, instance: null, failure: (error as Error).message, body: '' };
  }
}

function judge(exchange: Exchange, response: Response, isAnyTarget: boolean): Failure | null {
  if (response.instance !== null || isAnyTarget) return exchange.judge(response);
  exchange.miss();
  return `HTTP ${response.status} without X-App-Instance`;
}
