/** Asks `GET /session/me` again and again, unless paused or hidden. */
import { ask } from './http.js';

const INTERVAL = 500; // milliseconds

export function createAsking(onAnswered) {
  let isOn = false;
  let isPaused = false;
  let timer;
  let inFlight = null;

  document.addEventListener('visibilitychange', next);

  return { start, stop, once, setPaused };

  /** Asks at least once, even when paused. */
  function start() {
    if (isOn) return;
    isOn = true;
    void once();
  }

  /** Resolves when no request is on its way any more. */
  async function stop() {
    isOn = false;
    clearTimeout(timer);
    await inFlight;
  }

  function setPaused(value) {
    isPaused = value;
    next();
  }

  async function once() {
    clearTimeout(timer);
    inFlight ??= send();
    await inFlight;
  }

  async function send() {
    const began = performance.now();
    const answer = await ask('GET', '/session/me');
    inFlight = null;
    onAnswered(answer);
    next(INTERVAL - (performance.now() - began));
  }

  function next(delay = 0) {
    clearTimeout(timer);
    if (!isOn || isPaused || document.hidden) return;
    timer = setTimeout(once, Math.max(0, Number(delay) || 0));
  }
}
