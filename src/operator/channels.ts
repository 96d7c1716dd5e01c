/** Listens to a channel of Redis, over a connection of its own at the first primary. */
import { once } from 'node:events';
import { CLOSED } from '../redis/explain.ts';
import type { Nodes } from './nodes.ts';
import { showElement, type Shown } from './bytes-as-json.ts';

interface Listener {
  onListening: () => void;
  onMessage: (message: Shown) => void;
  /** Aborted to end. */
  signal: AbortSignal;
}

export type Channels = ReturnType<typeof createChannels>;

export function createChannels(nodes: Nodes) {
  return { listen };

  /** Resolves when listening has ended. Throws the errors of Redis. */
  async function listen(channel: Buffer, { onListening, onMessage, signal }: Listener) {
    const [first] = await nodes.list();
    await nodes.useLong(first!, async (redis, _node, renew) => {
      redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
        renew();
        onMessage(showElement(message));
      });
      await redis.subscribe(channel);
      onListening();
      await once(redis, 'close', { signal }).catch(() => {});
      // Redis has ended or failed over, or a message was too long: the page connects anew
      if (!signal.aborted) throw CLOSED;
    });
  }
}
