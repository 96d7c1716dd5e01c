/** A visitor whose session is lost between two requests. */
import { SessionVisitor } from '../../../src/lab/load-test/visitors/session-visitor.ts';
import { LOGIN_LOST } from '../../../src/lab/load-test/visitors/visitor.ts';

const ME = '{"user":"ann"}';

it('counts a lost login once, and misses nothing of it when it has signed in again', () => {
  const visitor = new SessionVisitor('http://127.0.0.1', { username: 'ann', password: 'secret' });
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
