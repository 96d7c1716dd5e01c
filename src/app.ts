/** The app: its routes, in order. */
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import Koa, { type Context, type Next } from 'koa';
import { createByteBudget } from './limits/byte-budget.ts';
import type { Config } from './config.ts';
import { answerErrors, createToAnswer } from './http/errors.ts';
import type { Health } from './http/health.ts';
import { restrictDiagnostics, restrictKeys } from './http/access.ts';
import { installAddress } from './http/address.ts';
import { protectSessions } from './http/same-origin.ts';
import { BODIES_AND_ANSWERS, createHold } from './http/hold.ts';
import { createListener } from './http/listener.ts';
import type { Log } from './log.ts';
import type { Instances } from './instances/instances.ts';
import { createMetrics } from './routes/metrics.ts';
import { readOverview } from './overview.ts';
import type { RedisLink } from './redis/connect.ts';
import { createValues, REPLIES } from './redis/values.ts';
import { assetRoutes } from './routes/assets.ts';
import { configRoutes } from './routes/config.ts';
import { instanceRoutes } from './routes/instances.ts';
import { keyRoutes } from './routes/keys.ts';
import { refuseOtherMethods } from './http/method-not-allowed.ts';
import { overviewRoutes } from './routes/overview.ts';
import { sessionRoutes } from './routes/session/routes.ts';
import { statusRoutes } from './routes/status.ts';
import { tlsRoutes } from './routes/tls.ts';
import { unboundRoutes } from './routes/unbound.ts';
import { createMemorySessions } from './sessions/memory.ts';
import { createSessionMiddleware } from './sessions/middleware.ts';
import { createSessions } from './sessions/sessions.ts';
import type { Traffic } from './http/request-counts.ts';
import { readHostFromHost } from './http/tuning.ts';

const PUBLIC = join(import.meta.dirname, '../public');

export interface Parts {
  config: Config;
  link: RedisLink;
  instances: Instances | null;
  traffic: Traffic;
  health: Health;
  log: Log;
}

/** All of the app, as a listener for a `node:http` server. */
export function createApp(parts: Parts): RequestListener {
  const { config, link, instances, traffic, health, log } = parts;
  const { instance, binding, trust, trustedProxies, keys, diagnostics, timeouts } = config;
  const { client, availability, clock, confirmed } = link;
  const hold = createHold(createByteBudget(BODIES_AND_ANSWERS));
  const replies = createByteBudget(REPLIES);
  const app = new Koa({ proxy: trustedProxies > 0 });
  readHostFromHost(app);
  installAddress(app, trustedProxies);
  const toAnswer = createToAnswer(availability, log);
  answerErrors(app, toAnswer);

  app.use(refuseMalformedUrls);
  if (diagnostics !== 'open') app.use(restrictDiagnostics(diagnostics));
  // Keys come first, then sessions, for speed: all other routes are asked for less often
  if (client && instances) {
    const redis = confirmed?.writer ?? client;
    const confirm = confirmed?.confirm ?? null;
    const values = createValues({ primary: client, replica: link.replica, replies });
    const sessions = config.areSessionsInMemory
      ? createMemorySessions(clock, timeouts)
      : createSessions(redis, { clock, timeouts, confirm, log });
    const loadSession = createSessionMiddleware(app, sessions, config.isStickinessWanted);
    const signUp = config.isSignUpOpen ? 'open' : 'closed';
    if (keys !== 'open') app.use(restrictKeys(keys, loadSession));
    app.use(keyRoutes({ redis, values, hold, confirm }));
    app.use(protectSessions);
    const parts = { redis, sessions, loadSession, signUp, timeouts, instance, clock, log } as const;
    app.use(sessionRoutes({ ...parts, hold, toAnswer }));
    app.use(instanceRoutes({ instances, loadSession, health }));
  } else {
    app.use(unboundRoutes(instance.appName, availability.problem));
  }
  app.use(overviewRoutes(() => readOverview(instance, binding, link), readPage(config)));
  app.use(assetRoutes(join(PUBLIC, 'assets')));
  app.use(statusRoutes(health, createMetrics(traffic, availability)));
  if (client && binding.connection) {
    app.use(configRoutes(client));
    app.use(tlsRoutes(binding.connection, trust, hold));
  }
  app.use(refuseOtherMethods);

  return createListener(app, instance, health, traffic);
}

/** Node.js lets `GET http:// HTTP/1.1` pass, which has no path. */
function refuseMalformedUrls(ctx: Context, next: Next) {
  ctx.assert(ctx.path, 400, 'malformed URL');
  return next();
}

/** The page says by itself what is closed, because it cannot ask for that. */
function readPage({ keys, diagnostics }: Config): Buffer {
  const html = readFileSync(join(PUBLIC, 'index.html'), 'utf8');
  return Buffer.from(html.replace('{{keys}}', keys).replace('{{diagnostics}}', diagnostics));
}
