/** Listens to a channel of Redis, over a connection of its own at the first primary. */
import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { CLOSED } from '../redis/explain.ts';
import { ENDED_CHANNEL } from '../redis/names.ts';
import type { Nodes } from './nodes.ts';
import { showElement, type Shown } from './show.ts';

/** A page that listens on is a request again, which restarts the idle timeout. */
const LONGEST = 15 * 60 * 1000; // milliseconds

interface Listener {
  /** The handle of the operator's session: listening ends with it. */
  handle: string;
  onListening: () => void;
  onMessage: (message: Shown) => void;
  /** Aborted when the client leaves. */
  signal: AbortSignal;
}

export type Channels = ReturnType<typeof createChannels>;

export function createChannels(nodes: Nodes) {
  return { listen };

  /** Resolves when listening has ended. Throws the errors of Redis. */
  async function listen(channel: Buffer, listener: Listener): Promise<void> {
    const [first] = await nodes.list();
    const end = new AbortController();
    const signal = AbortSignal.any([listener.signal, end.signal, AbortSignal.timeout(LONGEST)]);
    await nodes.useLong(first!, async (redis: Redis, _node, renew) => {
      redis.on('messageBuffer', (from: Buffer, message: Buffer) => {
        renew();
        if (!from.equals(Buffer.from(ENDED_CHANNEL))) listener.onMessage(showElement(message));
        else if (message.toString().split(' ').includes(listener.handle)) end.abort();
      });
      await redis.subscribe(channel, ENDED_CHANNEL);
      listener.onListening();
      await once(redis, 'close', { signal }).catch(() => {});
      // Redis has ended or failed over, or a message was too long: the page connects anew
      if (!signal.aborted) throw CLOSED;
    });
  }
}
