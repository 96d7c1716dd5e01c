/** Faults in the page, in the browser. */
import type { Mutant } from '../mutant.ts';

const SESSION = 'test/page/session.test.ts';
const TIMELINE = 'test/page/timeline.test.ts';
const PAGE = 'test/page/page.test.ts';

export const page: Mutant[] = [
  {
    breaks: 'the page counts a login as lost for good after ten answers in a row',
    file: 'public/assets/scripts/checks.js',
    search: 'const LOST_FOR_GOOD = 10;',
    replace: 'const LOST_FOR_GOOD = 1000;',
    suite: SESSION,
    test: 'sees that the session is lost for good when no answer knows it any more',
  },
  {
    breaks: 'nothing is asked while paused',
    file: 'public/assets/scripts/asking.js',
    search: 'if (!isOn || isPaused || document.hidden) return;',
    replace: 'if (!isOn || document.hidden) return;',
    suite: SESSION,
    test: 'somebody signed in sees which instances answer, until they pause',
  },
  {
    breaks: 'the end of a session is told by the clock of the server',
    file: 'public/assets/scripts/countdown.js',
    search: 'expires < ends ? expires - 1000 * idle : date;',
    replace: 'Date.now();',
    suite: SESSION,
    test: 'somebody signed in sees for how long yet, on a computer whose clock is an hour fast',
  },
  {
    breaks: 'a screen reader hears a text only when it changes',
    file: 'public/assets/scripts/elements.js',
    search: 'if (element.textContent !== text) element.textContent = text;',
    replace: 'element.textContent = text;',
    suite: SESSION,
    test: 'somebody signed in hears a sentence only when its meaning changes, and no number',
  },
  {
    breaks: 'the page says that Redis is away, also where no stream tells it',
    file: 'public/assets/scripts/login.js',
    search: 'if (status === 503) return hearRedis(true);',
    replace: '',
    suite: PAGE,
    test: 'with DIAGNOSTICS=closed, the page says that Redis is away, and is there again',
  },
  {
    breaks: 'with DIAGNOSTICS=closed, the page asks for nothing that is closed',
    file: 'public/assets/scripts/page.js',
    search: 'else if (isOpen) follow();',
    replace: 'else if (settings) follow();',
    suite: PAGE,
    test: 'with DIAGNOSTICS=closed, the page says so in a sentence, and asks for nothing',
  },
  {
    breaks: 'the page notices a stream that tells nothing',
    file: 'public/assets/scripts/stream.js',
    search: '      open();\n    }, SILENCE);',
    replace: '    }, SILENCE);',
    suite: PAGE,
    test: 'opens another stream after ten seconds in which one has told nothing',
  },
  {
    breaks: 'a hidden page has no stream',
    file: 'public/assets/scripts/stream.js',
    search: '(document.hidden ? rest() : resume())',
    replace: '(document.hidden ? undefined : resume())',
    suite: SESSION,
    test: 'somebody signed in costs nothing while the page is hidden',
  },
  {
    breaks: 'a killed instance is dead after a second and a half of silence',
    file: 'public/assets/scripts/timeline.js',
    search: 'export const SILENCE = 1500;',
    replace: 'export const SILENCE = 3500;',
    suite: TIMELINE,
    test: 'an instance that is killed ends where it was heard last',
  },
  {
    breaks: 'no instance counts as dead while Redis is away',
    file: 'public/assets/scripts/timeline.js',
    search: 'timeline.awaySince === null && at - timeline.backAt > GRACE',
    replace: 'at >= 0',
    suite: TIMELINE,
    test: 'the login takes no instance for dead while Redis is away, nor shortly after',
  },
  {
    breaks: 'an answer that does not know the session is a lost login',
    file: 'public/assets/scripts/answer.js',
    search: "if (status === 401) return 'lost';",
    replace: '',
    suite: SESSION,
    test: 'somebody signed in sees that a login is lost, how often, and why',
  },
  {
    breaks: 'the headline says that a login was lost',
    file: 'public/assets/scripts/headline.js',
    search: 'if (lastLoss(timeline) > now - SPAN)',
    replace: 'if (lastLoss(timeline) > now)',
    suite: TIMELINE,
    test: 'the login is lost when an answer does not know it',
  },
  {
    breaks: 'a kill is told from a drain by its cross',
    file: 'public/assets/scripts/tape.js',
    search: "shown.filter(({ end }) => end === 'killed')",
    replace: 'shown.filter(({ end }) => end !== null)',
    suite: 'test/page/tape.test.ts',
    test: 'ends a killed instance squarely with a cross, and a drained one round',
  },
];
