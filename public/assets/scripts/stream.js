/** What the server tells each second: one EventSource after the other, while the page is looked at. */
import { parseJson } from './json.js';

/** A stream that ends is opened anew at once, at another instance: this one drains, or was killed. */
const FIRST_PAUSE = 100; // milliseconds, and up to as much again
/** Twice as long after each stream that tells nothing: there may be too many pages. */
const PAUSE = 1000; // milliseconds, and up to as much again
const LONGEST_PAUSE = 30_000; // milliseconds
/** Only what stays broken for so long is said. */
const PATIENCE = 3000; // milliseconds
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
  let patience = null;
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
      patience ??= setTimeout(onLive, PATIENCE, false);
      reopenSoon();
      failures++;
    });
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, ({ data }) => {
        failures = 0;
        expectMore();
        onLive(true);
        handle(parseJson(data), opening);
      });
    }
    expectMore(false);
  }

  /** Not left to EventSource, which takes longer after an end and gives up after a 503. */
  function reopenSoon() {
    close();
    const pause =
      failures === 0 ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, PAUSE * 2 ** (failures - 1));
    if (!document.hidden) timer = setTimeout(open, pause * (1 + Math.random()));
  }

  function expectMore(isHeard = true) {
    if (isHeard) bePatient();
    clearTimeout(silence);
    silence = setTimeout(() => {
      onLive(false);
      open();
    }, SILENCE);
  }

  function bePatient() {
    clearTimeout(patience);
    patience = null;
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
    bePatient();
    isResumed = true;
  }

  function resume() {
    isResumed = true;
    open();
  }
}
