/** What the platform and its operator ask an instance about itself. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';
import type { Health } from '../http/health.ts';
import type { Registry } from 'prom-client';

export function statusRoutes(health: Health, metrics: Registry) {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });
  let collecting: Promise<string> | null = null;

  router.get('/status/health', answerLiveness);
  router.get('/status/ready', answerReadiness);
  router.get('/status/metrics', showMetrics);

  return router.routes();

  /** Never asks Redis: the platform restarts an instance that fails here, which mends no Redis. */
  function answerLiveness(ctx: Context) {
    ctx.body = 'app is running';
  }

  /** Nor does this: a lost Redis would take every instance off the route. */
  function answerReadiness(ctx: Context) {
    ctx.status = health.state === 'ready' ? 200 : 503;
    ctx.body = `app is ${health.state}`;
  }

  /** Requests that come at the same time share one collection, which takes milliseconds. */
  async function showMetrics(ctx: Context) {
    collecting ??= metrics.metrics().finally(() => (collecting = null));
    ctx.type = metrics.contentType;
    ctx.body = await collecting;
  }
}
