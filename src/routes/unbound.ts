/** Answers on the routes that need Redis when none is bound: how to bind one. */
import type { Context, Middleware, Next } from 'koa';
import { UNBOUND } from '../cloudfoundry/binding.ts';

/** In any letter case, as koa-router matches paths. */
const USES_REDIS = /^\/([^/]+|config\/[^/]+|tls\/[^/]+\/[^/]+|session\/.+|instances\/.+)$/i;

/** Replaces the routes that need Redis. */
export function unboundRoutes(appName: string, problem: string | null): Middleware {
  const message = problem ?? howToBind(appName);
  return (ctx: Context, next: Next) => {
    ctx.assert(!USES_REDIS.test(ctx.path), 500, message, { expose: true });
    return next();
  };
}

function howToBind(appName: string): string {
  return `${UNBOUND}

You can run the following commands to create an instance and bind to it:

  $ cf create-service redis-sb shared-vm redis-service-instance
  $ cf bind-service ${appName} redis-service-instance
  $ cf restart ${appName}
`;
}
