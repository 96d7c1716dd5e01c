/** /session/…: accounts, signing in and out, and the data of a session. */
import type { Middleware } from 'koa';
import { createRouter } from '../../http/router.ts';
import type { createAccountHandlers } from './account.ts';
import type { createDataHandlers } from './data.ts';
import { type Forms, redirectBrowsers } from './forms.ts';
import type { createListHandlers } from './list.ts';
import type { createMeHandlers } from './me.ts';

export interface SessionRouteParts {
  loadSession: Middleware;
  forms: Forms;
  account: ReturnType<typeof createAccountHandlers>;
  me: ReturnType<typeof createMeHandlers>;
  list: ReturnType<typeof createListHandlers>;
  data: ReturnType<typeof createDataHandlers>;
}

/** Only what loads a session costs a Redis command, and only for who sends its cookie. */
export function sessionRoutes({ loadSession, forms, account, me, list, data }: SessionRouteParts) {
  const router = createRouter();
  const { refuseWhenClosed, signUp, signIn, signOut, signOutEverywhere } = account;
  const { changePassword, deleteAccount } = account;

  router.get('/session/me', loadSession, me.show);

  router.get('/session/data', loadSession, data.readAll);
  router.get('/session/data/:field', loadSession, data.read);
  router.put('/session/data/:field', loadSession, data.write);
  router.delete('/session/data/:field', loadSession, data.remove);

  router.get('/session/list', loadSession, list.list);
  router.delete('/session/list/:id', loadSession, list.end);

  router.get('/session/sign-in', forms.show('sign-in'));
  router.get('/session/sign-up', refuseWhenClosed, forms.show('sign-up'));
  router.get('/session/change-password', forms.show('change-password'));
  router.get('/session/delete-account', forms.show('delete-account'));

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
