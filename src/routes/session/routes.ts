/** /session/…: accounts, signing in and out, and the data of a session. */
import type { Middleware } from 'koa';
import type { Accounts } from '../../accounts/accounts.ts';
import { createAuthentication } from '../../accounts/authentication.ts';
import { createLifecycle } from '../../accounts/lifecycle.ts';
import { createHashingLimit, type Hashing } from '../../accounts/passwords.ts';
import { createThrottle } from '../../accounts/throttle.ts';
import type { Instance } from '../../cloudfoundry/instance.ts';
import type { ToAnswer } from '../../http/errors.ts';
import type { Languages } from '../../http/languages.ts';
import type { Hold } from '../../http/large-bodies.ts';
import { createRouter } from '../../http/router.ts';
import type { Log } from '../../log.ts';
import type { RedisClient } from '../../redis/client.ts';
import type { Clock } from '../../redis/clock.ts';
import type { Sessions, Timeouts } from '../../sessions/sessions.ts';
import { createAccountHandlers } from './account.ts';
import { createDataHandlers } from './data.ts';
import { createForms, redirectBrowsers } from './forms.ts';
import { createSignedInHandlers } from './signed-in.ts';

interface Parts {
  redis: RedisClient;
  sessions: Sessions;
  accounts: Accounts;
  /** Middleware that costs a Redis command when the request has a session cookie. */
  loadSession: Middleware;
  signUp: 'open' | 'closed';
  timeouts: Timeouts;
  instance: Instance;
  clock: Clock;
  hold: Hold;
  toAnswer: ToAnswer;
  languages: Languages;
  hashing: Hashing;
  log: Log;
}

export function sessionRoutes(parts: Parts) {
  const router = createRouter();
  const { loadSession } = parts;
  const { forms, account, signedIn, data } = createHandlers(parts);
  const { refuseWhenClosed, signUp, signIn, signOut, signOutEverywhere } = account;
  const { changePassword, deleteAccount } = account;

  router.get('/session/me', loadSession, signedIn.me);
  router.get('/session/list', loadSession, signedIn.list);
  router.delete('/session/list/:id', loadSession, signedIn.end);

  router.get('/session/data', loadSession, data.readAll);
  router.get('/session/data/:field', loadSession, data.read);
  router.put('/session/data/:field', loadSession, data.write);
  router.delete('/session/data/:field', loadSession, data.remove);

  router.get('/session/sign-in', forms.show('sign-in'));
  router.get('/session/sign-up', refuseWhenClosed, forms.show('sign-up'));
  router.get('/session/change-password', loadSession, forms.show('change-password'));
  router.get('/session/delete-account', loadSession, forms.show('delete-account'));

  router.post('/session/sign-in', forms.answer('sign-in'), loadSession, signIn);
  router.post('/session/sign-up', forms.answer('sign-up'), refuseWhenClosed, loadSession, signUp);
  router.post('/session/sign-out', redirectBrowsers, loadSession, signOut);
  router.post('/session/sign-out-everywhere', redirectBrowsers, loadSession, signOutEverywhere);
  router.post(
    '/session/change-password',
    forms.answer('change-password'),
    loadSession,
    changePassword,
  );
  router.post(
    '/session/delete-account',
    forms.answer('delete-account'),
    loadSession,
    deleteAccount,
  );

  return router.routes();
}

function createHandlers(parts: Parts) {
  const { redis, accounts, hashing, log } = parts;
  const throttle = createThrottle(redis);
  const takeTurn = createHashingLimit();
  const authentication = createAuthentication({ accounts, throttle, takeTurn, hashing, log });
  const lifecycle = createLifecycle({ ...parts, throttle, takeTurn });

  return {
    forms: createForms(parts.toAnswer, parts.languages),
    account: createAccountHandlers({ ...parts, authentication, lifecycle }),
    signedIn: createSignedInHandlers(parts),
    data: createDataHandlers(parts.hold),
  };
}
