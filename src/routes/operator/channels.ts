/** /operator/channels/:channel: publishing, and listening by server-sent events. */
import { PassThrough } from 'node:stream';
import type { Context } from 'koa';
import { retryAfter } from '../../http/errors.ts';
import { sendEvent } from '../../http/events.ts';
import { readFields, SMALL_FORM } from '../../http/form.ts';
import type { AppRouter } from '../../http/router.ts';
import type { Channels } from '../../operator/channels.ts';
import * as texts from '../../operator/sentences.ts';
import type { RedisClient } from '../../redis/client.ts';
import { readBytes, readKey } from './fields.ts';
import type { LineParts } from './lines.ts';

/** Each has a connection to Redis. */
const MOST_LISTENERS = 10;

interface Parts extends LineParts {
  client: RedisClient;
  channels: Channels;
}

export function addChannelRoutes(
  router: AppRouter,
  { client, channels, explain, untilEnd }: Parts,
) {
  let listeners = 0;

  router.get('/operator/channels/:channel', listen);
  router.post('/operator/channels/:channel', publish);

  /** In a Cluster, the number of receivers is that at one node. */
  async function publish(ctx: Context) {
    const channel = readKey(ctx);
    const message = readBytes(ctx, await readFields(ctx, SMALL_FORM), 'message');
    ctx.assert(message, 400, texts.fieldMissing('message'));
    ctx.body = { receivers: await client.publish(channel, message) };
  }

  function listen(ctx: Context) {
    const channel = readKey(ctx);
    ctx.assert(listeners < MOST_LISTENERS, 503, texts.TOO_MANY_LISTENERS, retryAfter(10));
    const stream = new PassThrough();
    ctx.type = 'text/event-stream';
    ctx.body = stream;
    const send = (event: string, data: unknown) => sendEvent(stream, event, data);

    listeners++;
    channels
      .listen(channel, {
        onListening: () => send('listening', true),
        onMessage: (message) => send('message', { at: new Date(), message }),
        signal: untilEnd(ctx),
      })
      .catch((error: Error) => send('problem', explain(error)))
      .finally(() => {
        listeners--;
        stream.end();
      });
  }
}
