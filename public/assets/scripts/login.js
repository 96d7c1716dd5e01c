/** Whether somebody is signed in, from all that the page hears; without any request of its own. */

/**
 * `onChange` hears of `{name: 'unknown' | 'anonymous' | 'in' | 'over', user?, reason?, isAway}`.
 * `onDoubt` is to ask whether the session is still there, `reopen` opens the stream anew.
 */
export function createLogin({ onChange, onDoubt, reopen }) {
  let state = { name: 'unknown', isAway: false };
  /** The stream told that nobody is signed in, which it also does while Redis is away. */
  let isNobody = false;
  let opening = {};
  let expected = null;
  let isEnding = false;

  return {
    hearSession,
    hearRedis,
    hearEnded,
    hearAnswer,
    believeSignedIn,
    beginEnding,
    failEnding,
    over,
    expectEnd,
    read,
  };

  function read() {
    return state;
  }

  /** The page has signed the user in itself, which not every instance may know. */
  function believeSignedIn(user) {
    isNobody = false;
    change({ name: 'in', user });
  }

  function hearSession(session, openedHow) {
    opening = openedHow;
    isNobody = session === null;
    if (isNobody) return;
    expected = null;
    if (state.name === 'in' && state.user === session.user) onDoubt();
    else change({ name: 'in', user: session.user });
  }

  function hearRedis(isAway) {
    const wasAway = state.isAway;
    if (wasAway !== isAway) change({ ...state, isAway });
    if (isAway || !isNobody) return;
    isNobody = false;
    if (wasAway) reopen();
    else believe();
  }

  /** The stream says that nobody is signed in, and Redis is there. */
  function believe() {
    if (expected) over(expected);
    else if (state.name === 'in') opening.isResumed ? over('hidden') : onDoubt();
    else if (state.name === 'unknown') change({ ...state, name: 'anonymous' });
  }

  function hearEnded() {
    if (isEnding) return;
    over('elsewhere');
    reopen(); // this browser may have begun another session
  }

  /** While there is no stream, the answers to `GET /session/me` say who is signed in. */
  function hearAnswer({ status, json }) {
    if (status === 503) return hearRedis(true);
    if (status !== 200 && status !== 401) return;
    hearRedis(false);
    if (status === 200) expected = null;
    if (status === 200 && state.name !== 'in') change({ name: 'in', user: json.user });
    if (status === 401 && state.name === 'in') over(expected ?? 'ended');
    if (status === 401 && state.name === 'unknown') change({ name: 'anonymous' });
  }

  function beginEnding() {
    isEnding = true;
  }

  function failEnding() {
    isEnding = false;
  }

  /** Nobody is signed in any more. */
  function over(reason) {
    if (state.name !== 'in') return;
    [isEnding, expected] = [false, null];
    change({ name: 'over', user: state.user, reason, at: Date.now(), isAway: state.isAway });
  }

  /** By the countdown it should have ended now; another tab may have prolonged it. */
  function expectEnd(reason) {
    expected = reason;
    reopen();
  }

  function change(next) {
    state = { isAway: state.isAway, ...next };
    onChange(state);
  }
}
