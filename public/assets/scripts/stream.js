/** What the server tells each second: one EventSource after the other, while the page is looked at. */

const PAUSE = 1000; // milliseconds, and up to as much again
/** Twice as long after each stream that tells nothing: there may be too many pages. */
const LONGEST_PAUSE = 30_000; // milliseconds
/** The server tells something each second: who hears nothing for so long is not connected any more. */
const SILENCE = 10_000; // milliseconds

/**
 * Handlers have the names of the events. The one for `session` also hears how the stream came to be
 * opened: `isFirst`, or `isResumed` after the page was hidden. `onLive` hears whether it works.
 */
export function openStream(handlers, onLive) {
  let source = null;
  let timer;
  let silence;
  let failures = 0; // in a row
  let isFirst = true;
  let isResumed = false;

  document.addEventListener('visibilitychange', () => (document.hidden ? rest() : resume()));
  if (!document.hidden) open();

  return { reopen: reopenSoon };

  function open() {
    close();
    const opening = { isFirst, isResumed };
    [isFirst, isResumed] = [false, false];
    source = new EventSource('/instances/events');
    source.addEventListener('error', () => {
      onLive(false);
      reopenSoon();
      failures++;
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, ({ data }) => {
        failures = 0;
        expectMore();
        handle(JSON.parse(data), opening);
      });
    }
    expectMore();
  }

  /** Not left to EventSource, which takes longer after an end and gives up after a 503. */
  function reopenSoon() {
    close();
    const pause = Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures);
    if (!document.hidden) timer = setTimeout(open, pause * (1 + Math.random()));
  }

  function expectMore() {
    clearTimeout(silence);
    silence = setTimeout(() => {
      onLive(false);
      open();
    }, SILENCE);
  }

  function close() {
    source?.close();
    source = null;
    clearTimeout(timer);
    clearTimeout(silence);
  }

  /** A hidden page costs the server nothing, and no connection of the few that a browser has. */
  function rest() {
    close();
    isResumed = true;
  }

  function resume() {
    isResumed = true;
    open();
  }
}
