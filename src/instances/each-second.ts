/** Does something once a second, at the same moment of each second in all instances. */
import type { Clock } from '../redis/clock.ts';

const SECOND = 1000; // milliseconds
/** A timer may fire this early, and must then not fire again for the same second. */
const EARLY = 50; // milliseconds

/**
 * Calls `action` once a second, `phase` milliseconds after each full second of Redis' clock. Returns
 * a function that stops it.
 */
export function eachSecond(clock: Clock, phase: number, action: () => void): () => void {
  let timer = setTimeout(act, untilNext()).unref();
  return () => clearTimeout(timer);

  function act() {
    timer = setTimeout(act, untilNext()).unref();
    action();
  }

  function untilNext(): number {
    const past = (clock.now() - phase) % SECOND;
    const wait = SECOND - past;
    return wait < EARLY ? wait + SECOND : wait;
  }
}
