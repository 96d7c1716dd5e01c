/** GET /: the Redis connection, as text for curl, as JSON for programs, as a page for people. */
import type { Context } from 'koa';
import type { Page } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import { sendFile } from '../http/static-file.ts';
import { formatOverview, type Overview } from '../overview.ts';

export function overviewRoutes(readOverview: () => Promise<Overview>, page: Page) {
  const router = createRouter();

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
        sendFile(ctx, page(ctx));
        break;
      default:
        ctx.body = formatOverview(await readOverview());
    }
  }
}
