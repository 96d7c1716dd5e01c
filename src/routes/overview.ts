/** GET /: the Redis connection, as text for curl, as JSON for programs, as a page for people. */
import Router from 'koa-router';
import type { Context, DefaultContext, DefaultState } from 'koa';
import { formatOverview, type Overview } from '../overview.ts';

export function overviewRoutes(readOverview: () => Promise<Overview>, page: Buffer) {
  const router = new Router<DefaultState, DefaultContext>({ strict: true });

  router.get('/', show);

  return router.routes();

  async function show(ctx: Context) {
    ctx.vary('Accept');
    ctx.set('Cache-Control', 'no-cache');
    switch (ctx.accepts('text/plain', 'application/json', 'text/html')) {
      case 'application/json':
        ctx.body = await readOverview();
        break;
      case 'text/html':
        ctx.type = 'html';
        ctx.body = page;
        break;
      default:
        ctx.body = formatOverview(await readOverview());
    }
  }
}
