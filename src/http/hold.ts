/** Holds bytes of the budget for a request with a large body or answer, for as long as it lasts. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { ByteBudget } from '../limits/byte-budget.ts';
import { signalClientLeft } from './client-left.ts';

/** What all large bodies and answers of an instance may take of its 256 MB, with their copies. */
export const BODIES_AND_ANSWERS = {
  size: 16 * 1024 * 1024, // bytes
  patience: 2000, // milliseconds
  /** Each may have sent 128 KiB that nothing reads yet. */
  mostWaiting: 50,
  what: 'large bodies and answers',
};

/** It is in memory as it arrives, as a whole, and as a command to Redis. */
export const COPIES_OF_BODY = 3;
/** The same, and as text and value in between, of two bytes a character. */
export const COPIES_OF_JSON = 8;
/** It is in memory as it arrives from Redis, and as a whole. */
export const COPIES_OF_ANSWER = 2;

/** Smaller bodies and answers hold nothing: the number of connections limits them (connections.ts). */
export const SMALL = 16 * 1024; // bytes

/** A connection that moves no byte for so long is closed. */
const LONGEST_STALL = 5000; // milliseconds
/** A client that is slower on average loses its place. */
const LOWEST_RATE = 64; // bytes a millisecond
/** While others wait for room, a client that has had its place for so long must be faster. */
const GRACE = 500; // milliseconds
const LOWEST_RATE_IN_A_CROWD = 256; // bytes a millisecond

interface Place {
  req: IncomingMessage;
  res: ServerResponse;
  takenAt: number;
  /** What the connection had received by then. */
  received: number;
}

/**
 * Takes room for the copies of a body or an answer of so many bytes, until the answer to the request
 * is sent or its connection is closed. Closes the connection of a client that sends or reads too
 * slowly, the sooner when others wait. Throws NoRoom.
 */
export type Hold = (ctx: Context, bytes: number, copies: number) => Promise<void>;

export function createHold(budget: ByteBudget): Hold {
  const places = new Set<Place>();

  return async (ctx: Context, bytes: number, copies: number) => {
    const { req, res } = ctx;
    const left = signalClientLeft(ctx);
    ctx.assert(!left.aborted, 400, 'the connection is closed');
    const makeRoom = setInterval(() => cutOffSlowOnes(places), GRACE / 4);
    const giveBack = await budget.take(copies * bytes, left).finally(() => clearInterval(makeRoom));

    // Node.js sets its own timeout again when the next request on this connection begins
    req.socket.setTimeout(LONGEST_STALL);
    const deadline = setTimeout(() => req.socket.destroy(), LONGEST_STALL + bytes / LOWEST_RATE);
    const place = { req, res, takenAt: performance.now(), received: req.socket.bytesRead };
    places.add(place);
    const end = () => {
      clearTimeout(deadline);
      places.delete(place);
      giveBack();
    };
    if (left.aborted) end();
    else left.addEventListener('abort', end);
  };
}

function cutOffSlowOnes(places: Set<Place>): void {
  for (const { req, res, takenAt, received } of places) {
    const time = performance.now() - takenAt;
    const isSlow = req.socket.bytesRead - received < time * LOWEST_RATE_IN_A_CROWD;
    // Between its body and its answer, the client waits for Redis
    const isSendingOrReading = !req.complete || res.writableEnded;
    if (time > GRACE && isSlow && isSendingOrReading) req.socket.destroy();
  }
}
