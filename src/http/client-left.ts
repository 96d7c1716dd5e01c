/** Whether the client of a request has left. */
import type { Context } from 'koa';

/** Returns a signal that is aborted when the answer is sent or its connection is closed. */
export function signalClientLeft({ req, res }: Context): AbortSignal {
  const left = new AbortController();
  // A response that is closed already would never say so again
  if (res.closed || req.socket.destroyed) left.abort();
  else res.once('close', () => left.abort());
  return left.signal;
}
