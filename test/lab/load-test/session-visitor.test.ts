/** A visitor whose session is lost between two requests. */
import { SessionVisitor } from '../../../src/lab/load-test/visitors/session-visitor.ts';
import { LOGIN_LOST, VALUE_WRONG } from '../../../src/lab/load-test/visitors/visitor.ts';

const ACCOUNT = { username: 'ann', password: 'secret' };
const ME = '{"user":"ann"}';

it('counts a lost login once, and misses nothing of it when it has signed in again', () => {
  const visitor = new SessionVisitor('http://127.0.0.1', ACCOUNT);
  const ask = (status: number, body = '') => {
    const exchange = visitor.next();
    return [exchange.name, exchange.judge({ status, body, cookies: [] })];
  };

  expect(ask(200)).toEqual(['POST /session/sign-in', null]);
  expect(ask(200, ME)).toEqual(['GET /session/me', null]);
  expect(ask(201)).toEqual(['PUT /session/data/:field', null]);
  expect(ask(200, 'ann 1')).toEqual(['GET /session/data/:field', null]);
  expect(ask(200, ME)).toEqual(['GET /session/me', null]);
  expect(ask(401)).toEqual(['PUT /session/data/:field', LOGIN_LOST]);
  expect(ask(200)).toEqual(['POST /session/sign-in', null]);
  expect(ask(404)).toEqual(['GET /session/data/:field', null]);
});

describe('a visitor', () => {
  let visitor: SessionVisitor;
  beforeEach(() => {
    visitor = new SessionVisitor('http://127.0.0.1', ACCOUNT);
  });

  const answer = (status: number, body = '', cookies: string[] = []) => ({ status, body, cookies });
  const signIn = (cookies: string[] = []) => visitor.next().judge(answer(200, '', cookies));

  it.each([
    ['its own name', 200, ME, null],
    ['the name of another', 200, '{"user":"bob"}', VALUE_WRONG],
    ['no name', 200, '{}', VALUE_WRONG],
    ['no JSON', 200, 'ann', VALUE_WRONG],
    ['an error', 503, ME, 'HTTP 503'],
  ])('that asks who is signed in judges %s', (_, status, body, failure) => {
    signIn();
    expect(visitor.next().judge(answer(status, body))).toBe(failure);
    expect(visitor.isSignedIn).toBe(true);
  });

  it('sends the cookies of its answers, the last of each name', () => {
    signIn(['id=1; Path=/']);
    expect(visitor.next().cookie).toBe('id=1');
    visitor.next().judge(answer(201, '', ['id=2; Path=/']));
    expect(visitor.next().cookie).toBe('id=2');
  });

  it('signs in until it succeeds', () => {
    expect(visitor.next().judge(answer(503))).toBe('HTTP 503');
    expect(visitor.next().name).toBe('POST /session/sign-in');
  });

  it('has an account from the first attempt to sign up, and deletes it', () => {
    expect(visitor.hasAccount).toBe(false);
    const signUp = visitor.signUp();
    expect(visitor.hasAccount).toBe(true);
    expect(signUp.fields).toEqual(ACCOUNT);
    expect(signUp.judge(answer(200))).toBe('HTTP 200');
    expect(visitor.isSignedIn).toBe(false);
    expect(signUp.judge(answer(201))).toBeNull();
    expect(visitor.isSignedIn).toBe(true);

    const deletion = visitor.deleteAccount();
    expect(deletion).toMatchObject({ name: 'POST /session/delete-account', fields: ACCOUNT });
    expect(deletion.judge(answer(503))).toBe('HTTP 503');
    expect(deletion.judge(answer(200))).toBeNull();
  });

  it('that only reads asks who is signed in, again and again', () => {
    visitor = new SessionVisitor('http://127.0.0.1', ACCOUNT, true);
    signIn();
    const names = Array.from({ length: 4 }, () => visitor.next().name);
    expect(new Set(names)).toEqual(new Set(['GET /session/me']));
  });
});
