/** The channel on which instances announce the sessions that end, so that open pages notice. */
import type { Log } from '../log.ts';
import { duplicateClient, type RedisClient } from '../redis/client.ts';
import { explain } from '../redis/explain.ts';
import { ENDED_CHANNEL } from '../redis/names.ts';

/** Announces the handles of ended sessions. Only logs a failure: the sessions have ended anyway. */
export function announceEnds(redis: RedisClient, handles: string[], log: Log): void {
  redis.publish(ENDED_CHANNEL, handles.join(' ')).catch((error: Error) => {
    log(`The end of a session could not be announced: ${explain(error)}`);
  });
}

/**
 * Calls `onEnd` with the handle of each session that ends, on any instance. Opens a connection of
 * its own, and returns a function that closes it.
 */
export function hearOfEnds(redis: RedisClient, onEnd: (handle: string) => void): () => void {
  const subscriber = duplicateClient(redis);
  subscriber.on('error', () => {}); // the app's own connection logs the same
  subscriber.on('message', (_channel: string, handles: string) => {
    for (const handle of handles.split(' ')) onEnd(handle);
  });
  subscriber.once('ready', () => void subscriber.subscribe(ENDED_CHANNEL).catch(() => {}));
  void subscriber.connect().catch(() => {}); // it goes on trying

  return () => subscriber.disconnect();
}
