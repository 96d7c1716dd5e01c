/** Ctrl-C: the first one stops a program in order, a later one kills what it has started. */
import { killAllProcesses } from '../processes/process.ts';

export interface Stopping {
  /** Aborted when the program should stop. */
  signal: AbortSignal;
  stop: () => void;
  /** Does what Ctrl-C does. */
  interrupt: () => void;
}

/** npm passes the terminal's Ctrl-C on, so that one key press arrives twice. */
const SAME_KEY_PRESS = 500; // milliseconds

/** A second Ctrl-C calls `kill`. Child processes are killed in any case. */
export function stopOnSignals(kill = () => {}): Stopping {
  const stopping = new AbortController();
  let firstAt: number | undefined;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  process.stdout.on('error', stop); // the reader of a pipe has gone
  return { signal: stopping.signal, stop, interrupt };

  function stop() {
    stopping.abort();
  }

  function interrupt() {
    firstAt ??= performance.now();
    stop();
    if (performance.now() - firstAt <= SAME_KEY_PRESS) return;
    killAllProcesses();
    kill();
  }
}
