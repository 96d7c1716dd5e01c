import { exitCodeOf, judge } from '../../../src/lab/load-test/verdict.ts';
import { crash, scaleOut, unanswered } from './fixtures.ts';

describe('the verdict on a load test', () => {
  it('is good when no login is lost and no value wrong', () => {
    expect(judge(scaleOut())).toEqual({
      isGood: true,
      sentence: 'No login lost, no value wrong, in 40,200 requests.',
    });
  });

  it('tells of failed requests beside it', () => {
    expect(judge({ ...scaleOut(), errors: { timeout: 1 } })).toEqual({
      isGood: true,
      sentence: 'No login lost, no value wrong, in 40,200 requests. 1 request failed.',
    });
  });

  it('raises its voice about every lost login and wrong value', () => {
    expect(judge(crash())).toEqual({
      isGood: false,
      sentence: '17 logins LOST, 1 value WRONG, in 12,000 requests. 246 requests failed.',
    });
  });

  it.each([
    [{ loginsLost: 1 }, '1 login LOST, no value wrong, in 40,200 requests.'],
    [{ valuesWrong: 2 }, 'No login lost, 2 values WRONG, in 40,200 requests.'],
    [{ loginsLost: 1, valuesWrong: 1 }, '1 login LOST, 1 value WRONG, in 40,200 requests.'],
  ])('says which of the two it was: %j', (change, sentence) => {
    expect(judge({ ...scaleOut(), ...change })).toEqual({ isGood: false, sentence });
  });

  it('wants nobody to sign in where only keys are asked for', () => {
    expect(judge({ ...scaleOut(), scenario: 'keys', logins: 0 }).isGood).toBe(true);
  });

  it.each([
    [unanswered(), 'Nothing is proved: all 300 requests failed.'],
    [{ ...scaleOut(), logins: 0 }, 'Nothing is proved: nobody could sign in.'],
    [
      { ...scaleOut(), logins: 0, errors: { timeout: 5 } },
      'Nothing is proved: nobody could sign in. 5 requests failed.',
    ],
    [{ ...unanswered(), requests: 0, errors: {} }, 'Nothing is proved: nothing was requested.'],
  ])('is not good when there is nothing to judge', (summary, sentence) => {
    expect(judge(summary)).toEqual({ isGood: false, sentence });
  });
});

describe('the exit code of a load test', () => {
  it.each([
    ['0 when nothing is lost or wrong', {}, 0],
    ['0 when a request fails beside it', { errors: { timeout: 1 } }, 0],
    ['1 for one lost login', { loginsLost: 1 }, 1],
    ['1 for one wrong value', { valuesWrong: 1 }, 1],
    ['1 for one of each', { loginsLost: 1, valuesWrong: 1 }, 1],
    ['1 for a wrong value before anybody could sign in', { logins: 0, valuesWrong: 1 }, 1],
    ['2 when nobody could sign in', { logins: 0 }, 2],
    ['2 when nothing was requested', { requests: 0, errors: {} }, 2],
  ])('is %s', (_, change, code) => {
    expect(exitCodeOf({ ...scaleOut(), ...change })).toBe(code);
  });
});
