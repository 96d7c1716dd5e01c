/** What the routes under /session/ need, put together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Koa from 'koa';
import { createAccounts } from './accounts/accounts.ts';
import { createLifecycle } from './accounts/lifecycle.ts';
import { createSignIn } from './accounts/sign-in.ts';
import { createThrottle } from './accounts/throttle.ts';
import type { Config } from './config.ts';
import type { ToAnswer } from './http/errors.ts';
import type { Hold } from './http/hold.ts';
import type { Log } from './log.ts';
import type { RedisClient } from './redis/client.ts';
import type { Clock } from './redis/clock.ts';
import type { Confirm } from './redis/replicas.ts';
import { createAccountHandlers } from './routes/session/account.ts';
import { createDataHandlers } from './routes/session/data.ts';
import { createForms } from './routes/session/forms.ts';
import { createListHandlers } from './routes/session/list.ts';
import { createMeHandlers } from './routes/session/me.ts';
import type { SessionRouteParts } from './routes/session/routes.ts';
import { confirmChanges } from './sessions/confirmed.ts';
import { createMemorySessions } from './sessions/memory.ts';
import { createSessionMiddleware } from './sessions/middleware.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import { createConcurrencyLimit } from './limits/concurrency-limit.ts';

/** Each takes 32 MiB, of 256 MB; and they leave two of Node.js' four threads to others. */
const HASHED_AT_A_TIME = 2;
/** Many may sign in at once, and each takes a quarter of a second. */
const PATIENCE = 20_000; // milliseconds

const FORM_TEMPLATE = join(import.meta.dirname, '../public/session-form.html');

interface Parts {
  app: Koa;
  redis: RedisClient;
  /** null: a change is done when Redis says so. */
  confirm: Confirm | null;
  clock: Clock;
  config: Config;
  hold: Hold;
  toAnswer: ToAnswer;
  log: Log;
}

export function createSessionParts(parts: Parts): SessionRouteParts {
  const { app, redis, clock, config, hold, toAnswer, log } = parts;
  const { instance, timeouts, signUp, sticky } = config;
  const sessions = createSessionsFor(parts);
  const accounts = createAccounts(redis, log);
  const throttle = createThrottle(redis);
  const takeTurn = createConcurrencyLimit(HASHED_AT_A_TIME, PATIENCE, 'sign-ins');
  const signIn = createSignIn({ accounts, throttle, takeTurn, log });
  const lifecycle = createLifecycle({
    accounts,
    sessions,
    throttle,
    takeTurn,
    timeouts,
    clock,
    log,
  });

  return {
    loadSession: createSessionMiddleware(app, sessions, sticky),
    forms: createForms({ template: readFileSync(FORM_TEMPLATE, 'utf8'), toAnswer }),
    account: createAccountHandlers({
      accounts: signIn,
      lifecycle,
      sessions,
      isSignUpOpen: signUp === 'open',
      instance,
      log,
    }),
    me: createMeHandlers({ instance, timeouts, clock }),
    list: createListHandlers(sessions, log),
    data: createDataHandlers(hold),
  };
}

function createSessionsFor({ redis, confirm, clock, config, log }: Parts): Sessions {
  const { timeouts, sessionStore } = config;
  if (sessionStore === 'memory') return createMemorySessions(clock, timeouts);
  const sessions = createSessions(redis, { clock, timeouts, log });
  return confirm ? confirmChanges(sessions, confirm) : sessions;
}
