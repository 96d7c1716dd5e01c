/** What happens to every request around Koa: headers for all answers, and counting. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type Koa from 'koa';
import { formatInstance, type Instance } from '../cloudfoundry/instance.ts';
import type { Health } from './health.ts';
import type { Headers } from './connections.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { countAnswer, type Traffic } from './request-counts.ts';
import { doWithoutOnFinished } from './tuning.ts';

/** The headers that all answers have. */
export function constantHeaders(instance: Instance): Headers {
  return [['X-App-Instance', formatInstance(instance)], ...SECURITY_HEADERS];
}

/** Cheaper here than in middleware, and there for answers to errors as well. */
export function createListener(
  app: Koa,
  instance: Instance,
  health: Health,
  traffic: Traffic,
): RequestListener {
  const handle = app.callback();
  const headers = constantHeaders(instance);

  return (request, response) => void answer(request, response);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = performance.now();
    for (const [name, value] of headers) response.setHeader(name, value);
    // Stored values are plain text and stay so, whatever a browser would like to see in them
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    if (health.state === 'draining') response.setHeader('Connection', 'close');
    doWithoutOnFinished(response);

    await handle(request, response);
    countAnswer(traffic, request.method!, response.statusCode, performance.now() - arrival);
  }
}
