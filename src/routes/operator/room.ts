/** /operator/…: the operator's room, behind its password. */
import { PassThrough } from 'node:stream';
import type { Context, Middleware, Next } from 'koa';
import type { Accounts } from '../../accounts/accounts.ts';
import type { Hashing } from '../../accounts/passwords.ts';
import { UNBOUND } from '../../cloudfoundry/binding.ts';
import type { Config } from '../../config.ts';
import type { AsOperator } from '../../http/access.ts';
import { retryAfter, type ToAnswer } from '../../http/errors.ts';
import type { Hold } from '../../http/large-bodies.ts';
import type { Page } from '../../http/pages.ts';
import { createRouter } from '../../http/router.ts';
import { refuseOtherSites } from '../../http/same-origin.ts';
import { sendFile } from '../../http/static-file.ts';
import type { Log } from '../../log.ts';
import { createBrowse } from '../../operator/browse.ts';
import { createChannels } from '../../operator/channels.ts';
import { createConsole } from '../../operator/console/console.ts';
import { createInsight } from '../../operator/insight/insight.ts';
import { createNodes } from '../../operator/nodes.ts';
import { createSignIns } from '../../operator/sign-ins.ts';
import { createSweep } from '../../operator/sweep.ts';
import * as texts from '../../operator/sentences.ts';
import { createUserSessions } from '../../operator/user-sessions.ts';
import type { Availability } from '../../redis/availability.ts';
import type { BoundRedis } from '../../redis/bound-redis.ts';
import { explain, isForbidden, isOutOfMemory, isRedisError } from '../../redis/explain.ts';
import type { Sessions } from '../../sessions/sessions.ts';
import { createAccess } from './access.ts';
import { addChangeRoutes } from './changes.ts';
import { addChannelRoutes } from './channels.ts';
import { addConsoleRoutes } from './console.ts';
import { addKeyRoutes } from './keys.ts';
import { addRedisRoutes } from './redis.ts';
import { addSessionRoutes } from './sessions.ts';
import { addSweepRoutes } from './sweeps.ts';

/** In any letter case, as koa-router matches paths. */
const ROOM = /^\/operator\//i;
/** The page holds no more than the files under /assets. */
const OPEN = /^\/operator\/(sign-in)?$/i;

interface Parts {
  config: Config;
  redis: BoundRedis | null;
  /** null without Redis. */
  stores: { sessions: Sessions; accounts: Accounts } | null;
  availability: Availability;
  hold: Hold;
  toAnswer: ToAnswer;
  hashing: Hashing;
  /** For browsers. */
  page: Page;
  log: Log;
}

export interface OperatorRoom {
  routes: Middleware;
  /** null: nobody can sign in as the operator. */
  asOperator: AsOperator | null;
  /** Ends the answers that would go on: pages connect to another instance. */
  drain(): void;
}

export function createOperatorRoom(parts: Parts): OperatorRoom {
  const { config, redis, stores, availability, hold, toAnswer, hashing, page, log } = parts;
  const { password, problem } = config.operator;
  if (password === null) return closed(404, problem ?? texts.OFF);
  if (!redis || !stores) return closed(500, availability.problem ?? UNBOUND);

  const { timeouts, diagnostics } = config;
  const { client, clock } = redis;
  const signIns = createSignIns({ redis, password, timeouts, hashing, log });
  // Diagnostics for the operator alone are outside of /operator
  const access = createAccess(signIns, diagnostics === 'operator' ? '/' : '/operator', log);
  const nodes = createNodes(redis);
  const browse = createBrowse(redis, nodes);
  const sweep = createSweep(nodes, browse);
  const users = createUserSessions({ ...stores, browse, sweep, timeouts, clock });
  const ending = new AbortController();
  const common = { explain: say, untilEnd, askPassword: access.askPassword, log };

  const router = createRouter();
  router.get('/operator/', showPage);
  router.post('/operator/sign-in', access.signIn);
  router.get('/operator/me', access.me);
  router.post('/operator/sign-out', access.signOut);
  router.post('/operator/sign-out-everywhere', access.signOutEverywhere);
  addKeyRoutes(router, { nodes, browse });
  addChangeRoutes(router, { redis, hold });
  addSweepRoutes(router, { redis, sweep, ...common });
  addSessionRoutes(router, { users, ...common });
  addRedisRoutes(router, createInsight(redis, nodes));
  addConsoleRoutes(router, { console: createConsole(nodes), hold, log });
  addChannelRoutes(router, { client, channels: createChannels(nodes), ...common });

  const routes = router.routes();
  return {
    routes: enter,
    asOperator,
    drain: () => ending.abort(texts.INSTANCE_ENDS),
  };

  async function enter(ctx: Context, next: Next) {
    if (!ROOM.test(ctx.path)) return next();
    refuseOtherSites(ctx);
    ctx.set('Cache-Control', 'no-store');
    try {
      if (!OPEN.test(ctx.path)) await access.require(ctx);
      await routes(ctx, next);
    } catch (error) {
      explainToOperator(ctx, error as Error);
    }
  }

  /** Serves what lies outside of the room; a stream of events ends with the session. */
  async function asOperator(ctx: Context, next: Next): Promise<boolean> {
    if (!(await access.isOperator(ctx))) return false;
    await next();
    const { body } = ctx;
    if (body instanceof PassThrough)
      access.untilEnd(ctx).addEventListener('abort', () => body.end());
    return true;
  }

  function untilEnd(ctx: Context, renews?: boolean): AbortSignal {
    return AbortSignal.any([access.untilEnd(ctx, renews), ending.signal]);
  }

  function showPage(ctx: Context) {
    ctx.set('Cache-Control', 'no-cache');
    sendFile(ctx, page(ctx));
  }

  function explainToOperator(ctx: Context, error: Error): never {
    if (!ctx.state.operator || !isRedisError(error) || isOutOfMemory(error)) throw error;
    if (isForbidden(error)) return ctx.throw(501, say(error), { expose: true });
    return ctx.throw(503, say(error), retryAfter(1));
  }

  /** The operator reads what Redis refuses, and why, even where diagnostics are closed. */
  function say(error: Error): string {
    if (isForbidden(error)) return explain(error);
    return isRedisError(error) ? availability.explain(error) : toAnswer(error).message;
  }
}

function closed(status: number, message: string): OperatorRoom {
  const routes = (ctx: Context, next: Next) => {
    ctx.assert(!ROOM.test(ctx.path), status, message, { expose: true });
    return next();
  };
  return { routes, asOperator: null, drain: () => {} };
}
