/** What happens to every request around Koa: headers for all answers, and counting. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type Koa from 'koa';
import { formatInstance, type Instance } from './cloudfoundry/instance.ts';
import type { Health } from './health.ts';
import { SECURITY_HEADERS } from './http/security-headers.ts';
import { countAnswer, type Traffic } from './traffic.ts';
import { doWithoutOnFinished } from './tuning.ts';

/** Cheaper here than in middleware, and there for answers to errors as well. */
export function createListener(
  app: Koa,
  instance: Instance,
  health: Health,
  traffic: Traffic,
): RequestListener {
  const handle = app.callback();
  const instanceHeader = formatInstance(instance);

  return (request, response) => void answer(request, response);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = performance.now();
    response.setHeader('X-App-Instance', instanceHeader);
    for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
    // Stored values are plain text and stay so, whatever a browser would like to see in them
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    if (health.state === 'draining') response.setHeader('Connection', 'close');
    doWithoutOnFinished(response);

    await handle(request, response);
    countAnswer(traffic, request.method!, response.statusCode, performance.now() - arrival);
  }
}
