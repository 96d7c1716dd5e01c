/** Who is signed in, for how long yet, and all sessions of theirs. */
import { createCountdown } from './countdown.js';
import { finder, setText } from './elements.js';
import { showFacts, showState } from './facts.js';
import { formatCountdown, formatDuration, formatInstance, formatTime } from './format.js';
import { ask } from './http.js';
import { showSessions } from './sessions.js';

const TICK = 500; // milliseconds
const LIST_INTERVAL = 4000; // milliseconds
/** The server's clock may be a little behind. */
const LATE = 300; // milliseconds

const FACTS = [
  ['Since', ({ me }) => formatTime(me.signedInAt)],
  ['Begun by', ({ me }) => me.signedInBy && `instance ${formatInstance(me.signedInBy)}`],
  [
    'Ends if idle',
    ({ me, left }) =>
      left && `in ${formatCountdown(left.idle)} (of ${formatDuration(me.idleTimeout)})`,
  ],
  [
    'Ends anyway',
    ({ me, left }) =>
      left && `in ${formatCountdown(left.absolute)} (of ${formatDuration(me.absoluteTimeout)})`,
  ],
];

const AWAY = 'Redis is away. Whether you are signed in will show when it is back.';
const AWAY_FOR_ALL = 'You are not signed in, and while Redis is away nobody can be.';
const REASONS = {
  out: () => 'You are not signed in.',
  elsewhere: (at) =>
    `You are not signed in: the session was ended elsewhere, at ${formatTime(at)}.`,
  ended: () => 'You are not signed in: the session has ended.',
  hidden: () => 'You are not signed in: the session ended while this page was hidden.',
  idle: () => 'You are not signed in: no request came within the idle timeout.',
  absolute: () => 'You are not signed in: the session has reached its absolute timeout.',
  lost: () => 'You are not signed in: the session is lost. No notice came that it was ended.',
};
const ALARMS = ['elsewhere', 'lost'];

/** `asking` can `rest`, so that no request is on its way while the session ends, and `goOn`. */
export function mountSession(section, login, asking) {
  const find = finder(section);
  const countdown = createCountdown();
  let me = null;
  let listedAt = -Infinity;

  for (const button of section.querySelectorAll('[data-post]')) {
    button.addEventListener('click', () => endThis(button.dataset.post));
  }
  setInterval(tick, TICK);

  return { showLogin, showMe, showUnbound };

  function showLogin(state) {
    showState(find('state'), ...describe(state));
    if (state.name !== 'in') clear();
    find('anonymous').hidden = state.name !== 'anonymous' && state.name !== 'over';
    find('signed-in').hidden = state.name !== 'in' || !me;
  }

  function clear() {
    me = null;
    listedAt = -Infinity;
    countdown.clear();
  }

  function showMe(news, date) {
    me = news;
    countdown.set(news, date);
    tick();
    find('signed-in').hidden = false;
    if (performance.now() - listedAt > LIST_INTERVAL) void refreshList();
  }

  function showUnbound() {
    showState(find('state'), '', 'There are no sessions without Redis.');
  }

  function tick() {
    if (!me) return;
    const left = countdown.read();
    showFacts(find('facts'), FACTS, { me, left });
    if (left.idle > -LATE || login.read().isAway) return;
    countdown.renew(); // asks once, and again only after as long
    login.expectEnd(left.absolute > -LATE ? 'idle' : 'absolute');
  }

  async function refreshList() {
    listedAt = performance.now();
    const { status, json } = await ask('GET', '/session/list');
    if (status !== 200 || !me) return;
    countdown.renew();
    showSessions(find('sessions'), json, endOther);
  }

  async function endThis(path) {
    login.beginEnding();
    await asking.rest();
    const { status, json } = await ask('POST', `/session/${path}`);
    if (status === 200) login.over('out');
    else login.failEnding();
    asking.goOn();
    sayEnded(status, json);
  }

  async function endOther(id) {
    const { status, json } = await ask('DELETE', `/session/list/${id}`);
    await refreshList();
    sayEnded(status, json);
  }

  function sayEnded(status, json) {
    setText(find('answer'), status === 200 ? formatEnded(json) : 'That did not work.');
    // The button may be gone that was pressed
    if (document.activeElement === document.body) find('state').focus();
  }
}

function describe({ name, user, reason, at, isAway, isLost }) {
  if (isAway && name === 'anonymous') return ['bad', AWAY_FOR_ALL];
  if (isAway && name !== 'over') return ['bad', AWAY];
  if (isLost) return ['bad', `Signed in as ${user}, yet some answers do not know it.`];
  if (name === 'in') return ['good', `Signed in as ${user}`];
  if (name === 'over') return [ALARMS.includes(reason) ? 'bad' : '', REASONS[reason](at)];
  return ['', name === 'anonymous' ? 'You are not signed in.' : 'Asking…'];
}

function formatEnded({ ended }) {
  return ended === 1 ? '1 session ended.' : `${ended} sessions ended.`;
}
