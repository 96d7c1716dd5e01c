/** The app: everything wired once, and its routes in order. */
import type { Server } from 'node:http';
import { join } from 'node:path';
import Koa, { type Middleware } from 'koa';
import { type Accounts, createAccounts } from './accounts/accounts.ts';
import { type Hashing, PREFERRED } from './accounts/passwords.ts';
import type { Config } from './config.ts';
import { restrictDiagnostics, restrictKeys } from './http/access.ts';
import { installAddress } from './http/client.ts';
import { answerErrors, createToAnswer, refuseMalformedUrls } from './http/errors.ts';
import { constantHeaders } from './http/headers.ts';
import { type Languages, readLanguages } from './http/languages.ts';
import { createHold } from './http/large-bodies.ts';
import { createPage, type Page } from './http/pages.ts';
import { createRequestCounts } from './http/request-counts.ts';
import { refuseOtherMethods } from './http/router.ts';
import { protectSessions } from './http/same-origin.ts';
import { createHttpServer, createListener, type Health } from './http/server.ts';
import { createInstances, type Instances } from './instances/instances.ts';
import { createByteBudget } from './limits/byte-budget.ts';
import { BODIES_AND_ANSWERS, VALUE_REPLIES } from './limits/budgets.ts';
import type { Log } from './log.ts';
import { readOverview as readOverviewOf } from './overview.ts';
import type { Availability } from './redis/availability.ts';
import { type BoundRedis, connectRedis } from './redis/bound-redis.ts';
import { createValues } from './redis/value-reads.ts';
import { readAssets } from './routes/assets.ts';
import { configRoutes } from './routes/config.ts';
import { instanceRoutes } from './routes/instances.ts';
import { keyRoutes } from './routes/keys.ts';
import { createOperatorRoom } from './routes/operator/room.ts';
import { overviewRoutes } from './routes/overview.ts';
import { sessionRoutes } from './routes/session/routes.ts';
import { statusRoutes } from './routes/status.ts';
import { tlsRoutes } from './routes/tls.ts';
import { unboundRoutes } from './routes/unbound.ts';
import { createMemorySessions } from './sessions/memory.ts';
import { createSessionMiddleware } from './sessions/middleware.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';

const ASSETS = join(import.meta.dirname, '../public/assets');

export interface App {
  server: Server;
  health: Health;
  /** null: nothing is bound, or what is bound cannot be used. */
  redis: BoundRedis | null;
  availability: Availability;
  /** Makes the instance ready, and lists it among the others. Call it when the server listens. */
  start(): void;
  /** Makes the instance unready, and removes it from the list. Call it before the server closes. */
  drain(): Promise<void>;
  /** Closes the connections to Redis. */
  close(): Promise<void>;
}

interface Stores {
  sessions: Sessions;
  accounts: Accounts;
}

/**
 * Resolves when the first attempt to connect to Redis has succeeded or failed. Tests that hash many
 * passwords do so with less work, which no setting allows.
 */
export async function createApp(
  config: Config,
  log: Log,
  hashing: Hashing = PREFERRED,
): Promise<App> {
  const { instance, limits, binding, trust, trustedProxies, keys, diagnostics } = config;
  const { sessionStore, sticky, signUp, timeouts } = config;
  const { redis, availability, probe } = await connectRedis(binding, config, log);
  const health: Health = { state: 'starting' };
  const counts = createRequestCounts();
  const assets = readAssets(ASSETS);
  const languages = await readLanguages();
  const hold = createHold(createByteBudget(BODIES_AND_ANSWERS));
  const toAnswer = createToAnswer(availability, diagnostics, log);
  const { waitReplicas } = config;
  const readOverview = () =>
    readOverviewOf({ instance, binding, redis, availability, probe, waitReplicas });
  const instances =
    redis && createInstances({ instance, limits, redis, readOverview, counts, log });
  const stores = redis && createStores(redis);
  const operator = createOperatorRoom({
    config,
    redis,
    stores,
    availability,
    hold,
    toAnswer,
    hashing,
    page: createPage('operator', languages, { assets: assets.base, diagnostics }),
    log,
  });

  const koa = new Koa({ proxy: trustedProxies > 0 });
  installAddress(koa, trustedProxies);
  answerErrors(koa, toAnswer);
  for (const middleware of listMiddleware()) koa.use(middleware);

  const headers = constantHeaders(instance);
  const listener = createListener(koa.callback(), { headers, health, counts });
  const server = createHttpServer(listener, headers);
  return { server, health, redis, availability, start, drain, close };

  function listMiddleware(): Middleware[] {
    return [
      refuseMalformedUrls,
      ...(diagnostics === 'open' ? [] : [restrictDiagnostics(diagnostics, operator.asOperator)]),
      ...(redis && stores && instances
        ? listRedisRoutes(redis, stores, instances)
        : [unboundRoutes(instance.appName, availability.problem)]),
      operator.routes,
      overviewRoutes(readOverview, createStartPage(config, languages, redis !== null, assets.base)),
      assets.routes(),
      statusRoutes({ health, counts, availability, probe, diagnostics }),
      refuseOtherMethods,
    ];
  }

  /**
   * Keys come first, because most requests are for them: behind all other routers, a request took 12 %
   * (GET) and 15 % (PUT) more processor time, the best of 15 alternating rounds.
   */
  function listRedisRoutes(redis: BoundRedis, stores: Stores, instances: Instances): Middleware[] {
    const { connection, client, replica, writer, confirm, clock } = redis;
    const values = createValues({
      primary: client,
      replica,
      replies: createByteBudget(VALUE_REPLIES),
    });
    const loadSession = createSessionMiddleware(koa, stores.sessions, sticky);
    return [
      ...(keys === 'open' ? [] : [restrictKeys(keys, loadSession)]),
      keyRoutes({ redis: writer, values, hold, confirm }),
      protectSessions,
      sessionRoutes({
        redis: writer,
        ...stores,
        loadSession,
        signUp,
        timeouts,
        instance,
        clock,
        hold,
        toAnswer,
        languages,
        hashing,
        log,
      }),
      instanceRoutes({ instances, loadSession, health }),
      configRoutes(client),
      tlsRoutes(connection, trust, hold),
    ];
  }

  function createStores({ writer, clock, confirm }: BoundRedis): Stores {
    const sessions =
      sessionStore === 'memory'
        ? createMemorySessions(clock, timeouts)
        : createSessions(writer, { clock, timeouts, confirm, log });
    return { sessions, accounts: createAccounts(writer, log) };
  }

  function start(): void {
    health.state = 'ready';
    instances?.join();
  }

  async function drain(): Promise<void> {
    health.state = 'draining';
    operator.drain();
    await instances?.leave();
  }

  async function close(): Promise<void> {
    await redis?.close();
  }
}

/** Writes into the page where its files are, and what it cannot ask for. */
function createStartPage(
  { instance, binding, keys, diagnostics, operator, sessionStore, signUp }: Config,
  languages: Languages,
  isUsable: boolean,
  assets: string,
): Page {
  const settings = {
    assets,
    // The name is for those alone who may read about the app
    app: diagnostics === 'open' ? instance.appName : 'redis-example-app',
    bound: isUsable ? 'usable' : binding.service ? 'unusable' : 'none',
    keyAccess: keys,
    diagnostics,
    sessions: sessionStore,
    signUpAccess: signUp,
    operator: operator.password === null ? 'off' : 'on',
  };
  return createPage('page', languages, settings);
}
