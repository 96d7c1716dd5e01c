/** Notices when the client of a request leaves. */
import type { Context } from 'koa';

/** Returns a signal that is aborted when the answer is sent or the connection is closed. */
export function signalClientLeft({ req, res }: Context): AbortSignal {
  const left = new AbortController();
  // A response that is closed already emits no second 'close'
  if (res.closed || req.socket.destroyed) left.abort();
  else res.once('close', () => left.abort());
  return left.signal;
}
