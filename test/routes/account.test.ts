/** What is answered when an account is deleted, or gets another password, during a request to it. */
import Koa, { type Context } from 'koa';
import type { Account } from '../../src/accounts/accounts.ts';
import type { Authentication } from '../../src/accounts/authentication.ts';
import type { Lifecycle } from '../../src/accounts/lifecycle.ts';
import { createAccountHandlers } from '../../src/routes/session/account.ts';
import type { Sessions } from '../../src/sessions/sessions.ts';
import { serve } from '../support/serve.ts';

const ACCOUNT = { id: 'id-of-alice', name: 'alice' } as Account;
const CHANGED = 'the account was deleted or its password changed: sign in again';
const WRONG = 'the user name or the password is wrong';

/** As when each change of the account comes too late. */
const tooLate = {
  begin: () => Promise.resolve(false),
  changePassword: () => Promise.resolve(null),
  remove: () => Promise.resolve(false),
  abandon: jest.fn((_account: Account, _address: string) => Promise.resolve()),
} satisfies Lifecycle;

const handlers = createAccountHandlers({
  authentication: {
    signUp: () => Promise.resolve(ACCOUNT),
    authenticate: () => Promise.resolve(ACCOUNT),
  } satisfies Authentication,
  lifecycle: tooLate,
  sessions: {} as Sessions,
  signUp: 'open',
  instance: { appName: 'app', index: 0, guid: 'guid', onPlatform: false },
  log: () => {},
});

it.each([
  ['signUp', CHANGED, true, [[ACCOUNT, '127.0.0.1']]],
  ['signIn', CHANGED, true, []],
  ['changePassword', WRONG, false, []],
  ['deleteAccount', WRONG, false, []],
] as const)('%s answers 401, and leaves nothing', async (name, message, isCleared, abandoned) => {
  tooLate.abandon.mockClear();
  const koa = new Koa();
  koa.use(async (ctx: Context) => {
    ctx.session = {};
    ctx.sessionOptions = { key: 'session' };
    await handlers[name](ctx).catch(({ status, message: text }) => {
      ctx.status = status;
      ctx.body = text;
    });
  });
  const origin = await serve(koa.callback());
  const body = new URLSearchParams({
    username: 'alice',
    password: 'correct horse',
    'new-password': 'battery staple',
  });
  const answer = await fetch(origin, { method: 'POST', body });

  expect([answer.status, await answer.text()]).toEqual([401, message]);
  expect(answer.headers.get('set-cookie')?.startsWith('session=;') ?? false).toBe(isCleared);
  expect(tooLate.abandon.mock.calls).toEqual(abandoned);
});
