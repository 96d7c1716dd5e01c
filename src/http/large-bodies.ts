/** Limits the memory that large bodies and answers take, and closes connections that are too slow. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { ByteBudget } from '../limits/byte-budget.ts';
import { signalClientLeft } from './client.ts';

/** A body is in memory in chunks, as a whole, and as a command to Redis. */
export const COPIES_OF_BODY = 3;
/** JSON is in memory as text and as values besides, with two bytes for each character. */
export const COPIES_OF_JSON = 8;
/** An answer is in memory as it arrives from Redis, and as a whole. */
export const COPIES_OF_ANSWER = 2;

/** Smaller bodies and answers take no room: the number of connections limits them (server.ts). */
export const SMALL = 16 * 1024; // bytes

/** A connection on which no byte moves for this time is closed. */
const LONGEST_STALL = 5000; // milliseconds
/** A client whose average is lower loses its place. */
const LOWEST_RATE = 64; // bytes a millisecond
/** While others wait for room, clients must be faster after this time. */
const GRACE = 500; // milliseconds
const LOWEST_RATE_IN_A_CROWD = 256; // bytes a millisecond

interface Place {
  req: IncomingMessage;
  res: ServerResponse;
  takenAt: number;
  /** Bytes that the connection had received by then. */
  received: number;
}

/**
 * Takes room for the copies of a body or an answer of `bytes`, until the answer to the request is sent
 * or its connection is closed. Closes the connection of a client that sends or reads too slowly, sooner
 * when others wait. Throws NoRoom.
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
