/** What an answer says about the session, and news about Redis. */
import { judge } from '../../public/assets/scripts/answer.js';
import { isAway } from '../../public/assets/scripts/facts.js';

const instance = { index: 0, guid: '07c9bb3d' };

describe('an answer to GET /session/me', () => {
  it.each([
    [200, 'good'],
    [401, 'lost'],
    [503, 'away'],
    [500, 'failed'],
    [404, 'failed'],
  ])('with status %s is %s', (status, outcome) => {
    expect(judge({ status, instance })).toBe(outcome);
  });

  it.each([0, 200, 401, 502, 503])('with status %s of no instance is silence', (status) => {
    expect(judge({ status, instance: null })).toBe('silent');
  });
});

describe('Redis', () => {
  it.each([
    ['is there when it works', { works: true, error: null }, false],
    ['is there when it works and describes nothing', { works: true, error: 'no INFO' }, false],
    ['is there when it describes itself', { works: false, error: null }, false],
    ['is away otherwise', { works: false, error: 'connection refused' }, true],
  ])('%s', (_what, news, expected) => {
    expect(isAway(news)).toBe(expected);
  });
});
