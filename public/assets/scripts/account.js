/** Who is signed in: the way out, and behind the user's name the timeouts and all their sessions. */
import { createCountdown } from './countdown.js';
import { finder, setText } from './elements.js';
import { showFacts } from './facts.js';
import { formatCountdown, formatDuration, formatInstance, formatTime } from './format.js';
import { ask } from './http.js';
import { showSessions } from './sessions.js';
import { words } from './words.js';

const TICK = 500; // milliseconds
const LIST_INTERVAL = 4000; // milliseconds
/** The server's clock may be a little behind. */
const LATE = 300; // milliseconds

const { labels } = words;
const FACTS = [
  [labels.since, ({ me }) => formatTime(me.signedInAt)],
  [
    labels.begunBy,
    ({ me }) => me.signedInBy && words.bySomeInstance(formatInstance(me.signedInBy)),
  ],
  [
    labels.endsIfIdle,
    ({ me, left }) =>
      left && words.within(formatCountdown(left.idle), formatDuration(me.idleTimeout)),
  ],
  [
    labels.endsAnyway,
    ({ me, left }) =>
      left && words.within(formatCountdown(left.absolute), formatDuration(me.absoluteTimeout)),
  ],
];

/**
 * `checks` can `rest`, so that no request is on its way while the session ends, and `goOn`. `say`
 * reports to the user what came of what they did.
 */
export function mountAccount(nav, dialog, { login, checks, say }) {
  const find = finder(nav);
  const findInside = finder(dialog);
  const countdown = createCountdown();
  let me = null;
  let listedAt = -Infinity;

  for (const button of document.querySelectorAll('[data-post]')) {
    button.addEventListener('click', () => endThis(button.dataset.post));
  }
  find('user').addEventListener('click', open);
  setInterval(tick, TICK);

  return { showLogin, showMe };

  function showLogin({ name, user }) {
    const isIn = name === 'in';
    if (!isIn) clear();
    find('anonymous').hidden = name !== 'anonymous' && name !== 'over';
    find('signed-in').hidden = !isIn;
    setText(find('user'), user ?? '');
  }

  function clear() {
    me = null;
    listedAt = -Infinity;
    countdown.clear();
    dialog.close();
  }

  function open() {
    setText(findInside('answer'), '');
    dialog.showModal();
    tick();
    void refreshList();
  }

  function showMe(news, date) {
    me = news;
    countdown.set(news, date);
    tick();
    if (dialog.open && performance.now() - listedAt > LIST_INTERVAL) void refreshList();
  }

  function tick() {
    if (!me) return;
    const left = countdown.read();
    if (dialog.open) showFacts(findInside('facts'), FACTS, { me, left });
    if (left.idle > -LATE || login.read().isAway) return;
    countdown.renew(); // asks once, and again only after as long
    login.expectEnd(left.absolute > -LATE ? 'idle' : 'absolute');
  }

  async function refreshList() {
    listedAt = performance.now();
    const { status, json } = await ask('GET', '/session/list');
    if (status !== 200 || !me) return;
    countdown.renew();
    showSessions(findInside('sessions'), json, endOther);
  }

  async function endThis(path) {
    login.beginEnding();
    await checks.rest();
    const { status, json } = await ask('POST', `/session/${path}`);
    if (status === 200) login.over('out');
    else login.failEnding();
    checks.goOn();
    sayEnded(status, json);
    // The button that was pressed is gone
    if (status === 200) document.querySelector('#headline').focus();
  }

  async function endOther(id) {
    const { status, json } = await ask('DELETE', `/session/list/${id}`);
    await refreshList();
    sayEnded(status, json);
    // The button that was pressed is gone
    if (dialog.open && !dialog.contains(document.activeElement)) dialog.querySelector('h2').focus();
  }

  function sayEnded(status, json) {
    const text = status === 200 ? words.ended(json.ended) : words.didNotWork;
    setText(findInside('answer'), text);
    say(text);
  }
}
