/** Cookies are kept and sent as a browser does: otherwise a login would count as lost, or as kept. */
import { Cookies } from '../../../src/lab/load-test/visitors/cookies.ts';

const ORIGIN = 'https://app.example.com';

let cookies: Cookies;
beforeEach(() => {
  cookies = new Cookies(ORIGIN);
});
afterEach(() => jest.restoreAllMocks());

const receive = (...texts: string[]) => cookies.receive('/session/sign-in', texts);
const sent = () => cookies.headerFor('/session/me');

it('are sent together', () => {
  receive('id=1; Path=/', 'other=2; Path=/');
  expect(sent()).toBe('id=1; other=2');
});

it('are none at first, and none after the app has deleted them', () => {
  expect(sent()).toBe('');
  receive('id=1; Path=/');
  expect(sent()).toBe('id=1');
  receive('id=; Path=/; Max-Age=0');
  expect(sent()).toBe('');
});

it('are sent until the first of them expires, and the others after that', () => {
  const now = Date.now();
  const at = (seconds: number) => new Date(now + 1000 * seconds).toUTCString();
  receive(`id=1; Path=/; Expires=${at(60)}`, `other=2; Path=/; Expires=${at(120)}`);
  const after = (seconds: number) => {
    jest.spyOn(Date, 'now').mockReturnValue(now + 1000 * seconds);
    return sent();
  };

  expect(after(0)).toBe('id=1; other=2');
  expect(after(58)).toBe('id=1; other=2');
  expect(after(62)).toBe('other=2');
  expect(after(122)).toBe('');
});

it('are sent to their own path only', () => {
  receive('id=1; Path=/session/me', 'other=2; Path=/operator');
  expect(sent()).toBe('id=1');
});

it('are not taken where a browser would refuse them', () => {
  receive('__Host-id=1; Secure; Path=/', '__Host-bad=2; Path=/', 'far=3; Domain=example.org');
  expect(sent()).toBe('__Host-id=1');

  cookies = new Cookies('http://app.example.com');
  receive('__Host-id=1; Secure; Path=/');
  expect(sent()).toBe('');
});
