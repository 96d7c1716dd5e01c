/** How long a session lasts yet, by what the server says and a clock that nobody sets. */
import { createCountdown } from '../../public/assets/scripts/countdown.js';

const MINUTE = 60_000; // milliseconds
const BEGAN = Date.parse('2026-01-05T09:30:00Z');

/** Answers to `GET /session/me`, of a session that lasts so many minutes. */
const me = (absolute: number, expires: number) => ({
  signedInAt: new Date(BEGAN).toISOString(),
  expiresAt: new Date(BEGAN + expires * MINUTE).toISOString(),
  idleTimeout: 30 * 60,
  absoluteTimeout: absolute * 60,
});

let countdown: ReturnType<typeof createCountdown>;
beforeEach(() => {
  jest.useFakeTimers();
  countdown = createCountdown();
});
afterEach(() => jest.useRealTimers());

const left = () => {
  const { idle, absolute } = countdown.read()!;
  return [idle / MINUTE, absolute / MINUTE];
};

describe('a countdown', () => {
  it('begins with the answer, and the idle timeout anew with each request', () => {
    countdown.set(me(40, 30), NaN);
    expect(left()).toEqual([30, 40]);
    jest.advanceTimersByTime(5 * MINUTE);
    expect(left()).toEqual([25, 35]);
    countdown.renew();
    expect(left()).toEqual([30, 35]);
  });

  it('is no longer than the absolute timeout, however many requests come', () => {
    countdown.set(me(40, 30), NaN);
    jest.advanceTimersByTime(20 * MINUTE);
    countdown.renew();
    expect(left()).toEqual([20, 20]);
  });

  it('takes the time of the server from the header Date where the absolute end comes first', () => {
    countdown.set(me(10, 10), BEGAN + 4 * MINUTE);
    expect(left()).toEqual([6, 6]);
  });

  it('is nothing before there is a session, nor after it, whatever request is answered', () => {
    countdown.renew();
    expect(countdown.read()).toBeNull();
    countdown.set(me(40, 30), NaN);
    countdown.clear();
    countdown.renew();
    expect(countdown.read()).toBeNull();
  });
});
