/** /operator/redis/…: the health of each server of Redis, and what its user may do. */
import type { Context } from 'koa';
import type { AppRouter } from '../../http/router.ts';
import type { Insight } from '../../operator/insight/insight.ts';

export function addRedisRoutes(router: AppRouter, insight: Insight) {
  router.get('/operator/redis', answer(insight.readHealth));
  router.get('/operator/redis/commands', answer(insight.readCommands));
  router.get('/operator/redis/slow-log', answer(insight.readSlowLogs));
  router.get('/operator/redis/clients', answer(insight.readClients));
  router.get('/operator/redis/sentinel', answer(insight.askSentinels));
  router.get('/operator/redis/rights', answer(insight.readRights));
}

function answer(read: () => Promise<unknown>) {
  return async (ctx: Context) => {
    ctx.body = await read();
  };
}
