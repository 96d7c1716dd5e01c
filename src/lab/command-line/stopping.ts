/** How a program comes to its end: the first signal stops, one that comes later kills. */

export interface Stopping {
  /** Aborted as soon as the program is to stop. */
  signal: AbortSignal;
  stop: () => void;
  /** What a signal or Ctrl-C does. */
  interrupt: () => void;
}

/** npm passes the terminal's Ctrl-C on, so that one key press arrives twice. */
const SAME_KEY_PRESS = 500; // milliseconds

export function stopOnSignals(kill: () => void): Stopping {
  const stopping = new AbortController();
  let firstAt: number | undefined;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  process.stdout.on('error', stop); // nobody reads on
  return { signal: stopping.signal, stop, interrupt };

  function stop() {
    stopping.abort();
  }

  function interrupt() {
    firstAt ??= performance.now();
    stop();
    if (performance.now() - firstAt > SAME_KEY_PRESS) kill();
  }
}
