/** Asks `GET /session/me` twice a second while a user is signed in, and judges each answer. */
import { judge } from './answer.js';
import { createAsking } from './asking.js';

/** The stream may tell a moment later that the session has ended, and so is not lost. */
const GRACE = 1000; // milliseconds
const LOST_FOR_GOOD = 10; // answers in a row

/**
 * `hasStream` says whether the event stream would tell of the end of a session. `onOutcome` hears what
 * each answer says, `onMe` the session that a good answer shows.
 */
export function createChecks(login, { hasStream, onOutcome, onMe }) {
  const asking = createAsking(hear);
  let lostInARow = 0;

  return { showLogin, once: asking.once, rest: asking.stop, goOn, setPaused: asking.setPaused };

  function showLogin({ name }) {
    if (name === 'in') return asking.start();
    lostInARow = 0;
    void asking.stop();
  }

  function goOn() {
    if (login.read().name === 'in') asking.start();
  }

  function hear(answer) {
    if (!hasStream()) login.hearAnswer(answer);
    if (login.read().name !== 'in') return;
    const outcome = judge(answer);
    if (outcome === 'lost') return void setTimeout(countLoss, GRACE, answer);
    lostInARow = 0;
    if (outcome === 'good') welcome(answer);
    onOutcome(outcome, answer);
  }

  function welcome({ json, date }) {
    if (json.user !== login.read().user) login.hearSession({ user: json.user }, {});
    onMe(json, date);
  }

  function countLoss(answer) {
    if (login.read().name !== 'in') return;
    onOutcome('lost', answer);
    lostInARow++;
    if (lostInARow >= LOST_FOR_GOOD) login.over('lost');
  }
}
