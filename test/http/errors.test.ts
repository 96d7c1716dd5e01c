/** What a client reads when something has failed, and what the log has. */
import { createToAnswer, retryAfter } from '../../src/http/errors.ts';
import { OUT_OF_MEMORY } from '../../src/redis/explain.ts';

const AVAILABILITY = { isAvailable: true, problem: null, explain: () => 'the reason' };

function answerTo(error: Error, diagnostics: 'open' | 'closed' = 'open') {
  const lines: string[] = [];
  const toAnswer = createToAnswer(AVAILABILITY, diagnostics, (line) => lines.push(line));
  return { answer: toAnswer(error), lines };
}

describe('a mistake of this app', () => {
  it.each([
    ['a bug', new TypeError('s3cret is not a function')],
    [
      'an error that is not for the client',
      Object.assign(new Error('s3cret'), { status: 400, expose: false }),
    ],
    ['an error without a status', Object.assign(new Error('s3cret'), { expose: true })],
  ])('such as %s is answered 500 without a reason, which is in the log', (_what, error) => {
    const { answer, lines } = answerTo(error);
    expect(answer).toEqual({ status: 500, message: 'Internal Server Error' });
    expect(lines).toEqual([`Unexpected error: ${error.stack}`]);
  });
});

describe('an error that is no mistake of this app', () => {
  const ofClient = Object.assign(new Error('too many'), { status: 429, ...retryAfter(7) });
  const ofUrl = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' });
  const ofRedis = Object.assign(new Error('ERR'), { name: 'ReplyError' });
  const full = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' });

  it.each([
    ['of the client', ofClient, 429, 'too many', '7'],
    ['in a URL', ofUrl, 400, 'malformed URL', undefined],
    ['of Redis', ofRedis, 503, 'the reason', '1'],
    ['of a Redis that is full', full, 507, OUT_OF_MEMORY, undefined],
  ])('%s is answered, and not logged', (_what, error, status, message, seconds) => {
    const { answer, lines } = answerTo(error);
    expect([answer.status, answer.message]).toEqual([status, message]);
    expect(answer.headers?.['Retry-After']).toBe(seconds);
    expect(lines).toEqual([]);
  });

  it('of a Redis that is full is explained also where diagnostics are closed', () => {
    expect(answerTo(full, 'closed').answer).toEqual({ status: 507, message: OUT_OF_MEMORY });
  });
});
