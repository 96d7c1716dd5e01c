import {
  perform,
  prepareSessionWrite,
  signUp,
  type Exchange,
} from '../../../src/lab/peers/exchanges.ts';
import { serve } from '../../support/serve.ts';

const read = { method: 'GET', path: '/x', headers: {} };

/** Gives every request the same answer. */
function startServer(status: number, body: string, cookies: string[] = []): Promise<string> {
  return serve((_request, response) => {
    response.writeHead(status, { 'Set-Cookie': cookies }).end(body);
  });
}

describe('the answer to an exchange', () => {
  it.each<[string, string, Exchange['expected']]>([
    ['the very body', 'abc', { status: 200, body: 'abc' }],
    ['the user among other fields', '{"at":1,"user":"ann"}', { status: 200, user: 'ann' }],
  ])('may be %s', async (_what, body, expected) => {
    const origin = await startServer(200, body);

    expect(await perform(origin, { ...read, expected })).toMatchObject({ status: 200, body });
  });

  it.each<[string, string, Exchange['expected'], string]>([
    ['another body', 'abc', { status: 200, body: 'ab' }, '200 "abc" instead of 200 "ab".'],
    ['another status', 'abc', { status: 201, body: 'abc' }, '200 "abc" instead of 201 "abc".'],
    [
      'another user',
      '{"user":"bob"}',
      { status: 200, user: 'ann' },
      '200 "{"user":"bob"}" instead of 200 and the user "ann".',
    ],
    [
      'no JSON',
      'ann',
      { status: 200, user: 'ann' },
      '200 "ann" instead of 200 and the user "ann".',
    ],
    [
      'no object',
      'null',
      { status: 200, user: 'ann' },
      '200 "null" instead of 200 and the user "ann".',
    ],
  ])('is refused when it is %s', async (_what, body, expected, message) => {
    const origin = await startServer(200, body);

    await expect(perform(origin, { ...read, expected })).rejects.toThrow(
      `GET /x was answered with ${message}`,
    );
  });

  it('is a problem that says why when there is none', async () => {
    const expected = { status: 200, body: '' };
    await expect(perform('http://127.0.0.1:1', { ...read, expected })).rejects.toThrow(
      /^GET http:\/\/127\.0\.0\.1:1\/x got no answer: .+\.$/,
    );
  });

  it('to a sign-up brings a cookie', async () => {
    const [silent, right] = await Promise.all([
      startServer(201, '{"user":"ann"}'),
      startServer(201, '{"user":"ann"}', ['id=1']),
    ]);
    await expect(signUp(silent, 'ann')).rejects.toThrow('POST /session/sign-up set no cookie.');
    expect(await signUp(right, 'ann')).toBe('id=1');
  });

  it('to a session write changes the session each time', async () => {
    const origin = await startServer(201, '{"user":"writer"}', ['id=1']);
    const { isNumbered, headers } = await prepareSessionWrite(origin);
    expect({ isNumbered, cookie: headers.Cookie }).toEqual({ isNumbered: true, cookie: 'id=1' });
  });

  it('comes with its cookies as the next request gives them back', async () => {
    const origin = await startServer(200, '', ['id=1; Path=/; HttpOnly', 'id.sig=2']);

    const { cookie } = await perform(origin, { ...read, expected: { status: 200, body: '' } });
    expect(cookie).toBe('id=1; id.sig=2');
  });
});
