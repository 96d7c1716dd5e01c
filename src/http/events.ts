/** Server-sent events, for the pages that follow what happens here. */
import type { Writable } from 'node:stream';

/** A page that leaves more unread is cut off. */
const MOST_UNREAD = 64 * 1024; // bytes

/** Cuts off a page that does not read; when it can read again, it reconnects. */
export function sendEvent(stream: Writable, event: string, data: unknown): void {
  if (stream.writableEnded) return;
  if (stream.writableLength > MOST_UNREAD) stream.destroy();
  else stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
