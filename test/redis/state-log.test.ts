/** The log has each change of the state, but not each time that a connection is lost and found. */
import { createStateLog } from '../../src/redis/state-log.ts';

let lines: string[];
let say: ReturnType<typeof createStateLog>;
beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  say = createStateLog((line) => lines.push(line), 'well');
});
afterEach(() => jest.useRealTimers());

it('has one line for a state that stays', () => {
  for (let i = 0; i < 3; i++) say(null);
  for (let i = 0; i < 3; i++) say('away');
  expect(lines).toEqual(['well', 'away']);
});

it('has a recovery at once', () => {
  say('away');
  say(null);
  expect(lines).toEqual(['away', 'well']);
});

it('has a few lines for ten seconds of changes', () => {
  for (let i = 0; i < 100; i++) {
    say('away');
    say('slow');
    say(null);
    jest.advanceTimersByTime(99);
  }
  expect(lines).toEqual(['away', 'slow', 'well']);
});

it('has a problem that came back too soon when ten seconds are over', () => {
  say('away');
  say(null);
  say('away');
  jest.advanceTimersByTime(9999);
  expect(lines).toEqual(['away', 'well']);
  jest.advanceTimersByTime(1);
  expect(lines).toEqual(['away', 'well', 'away']);
});

it('has no problem that is over by then', () => {
  say('away');
  say(null);
  say('away');
  say(null);
  jest.advanceTimersByTime(20_000);
  expect(lines).toEqual(['away', 'well']);
});
