/** Hears which sessions have ended, on whatever instance. */
import type { Redis } from 'ioredis';
import type { RedisClient } from '../redis/client.ts';
import { ENDED_CHANNEL } from '../redis/names.ts';

/** Calls `onEnd` with the handle of each session that ends. Needs a connection of its own. */
export function hearOfEnds(redis: RedisClient, onEnd: (handle: string) => void): () => void {
  const subscriber = (redis as Redis).duplicate(); // a Cluster has it as well
  subscriber.on('error', () => {}); // the app's own connection tells the log
  subscriber.on('message', (_channel: string, handles: string) => {
    for (const handle of handles.split(' ')) onEnd(handle);
  });
  subscriber.once('ready', () => void subscriber.subscribe(ENDED_CHANNEL).catch(() => {}));
  void subscriber.connect().catch(() => {}); // it goes on trying

  return () => subscriber.disconnect();
}
