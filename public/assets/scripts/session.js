/** Who is signed in, and all sessions of theirs. */
import { showFacts, showState } from './facts.js';

const RETRY = 2000; // milliseconds
const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds

const FACTS = [
  ['Since', ({ signedInAt }) => formatTime(signedInAt)],
  ['Begun by', ({ signedInBy }) => signedInBy && formatInstance(signedInBy)],
  ['Answered by', ({ servedBy }) => formatInstance(servedBy)],
  [
    'Ends if idle',
    ({ expiresAt, idleTimeout }) => `${formatTime(expiresAt)} (${formatDuration(idleTimeout)})`,
  ],
  [
    'Ends anyway',
    ({ signedInAt, absoluteTimeout }) =>
      `${formatTime(Date.parse(signedInAt) + 1000 * absoluteTimeout)} (${formatDuration(absoluteTimeout)})`,
  ],
];

/** Asks when the page is opened or looked at again, not all the time: each request is one more. */
export function mountSession(section) {
  const find = (name) => section.querySelector(`[data-${name}]`);
  const [state, answer] = ['state', 'answer'].map(find);
  const [anonymous, signedIn] = ['anonymous', 'signed-in'].map(find);
  let timer;

  for (const button of section.querySelectorAll('[data-post]')) {
    button.addEventListener('click', () => end('POST', button.dataset.post));
  }
  document.addEventListener('visibilitychange', () => document.hidden || refresh());
  refresh();

  async function refresh() {
    const me = await ask('GET', 'me');
    const list = me.status === 200 ? await ask('GET', 'list') : me;
    clearTimeout(timer);
    timer = setTimeout(refresh, show(me, list));
  }

  /** Returns the milliseconds after which to ask again. */
  function show(me, list) {
    if (list.status === 200) {
      showState(state, 'good', `Signed in as ${me.body.user}`);
      showFacts(find('facts'), FACTS, me.body);
      find('sessions').replaceChildren(...list.body.map(describe));
    } else if (list.status === 401) {
      showState(state, '', 'You are not signed in.');
    } else {
      // What was shown last stays: nobody is signed out by it
      showState(state, 'bad', explain(list));
      return RETRY;
    }
    signedIn.hidden = list.status !== 200;
    anonymous.hidden = list.status !== 401;
    return list.status === 200 ? timeLeft(me) : LONGEST_TIMER;
  }

  function describe({ id, signedInAt, signedInBy, lastSeenAt, current }) {
    const item = document.createElement('li');
    const since = document.createElement('span');
    since.textContent = `Since ${formatTime(signedInAt)}`;
    const details = document.createElement('small');
    const instance = signedInBy ? `${formatInstance(signedInBy)}, ` : '';
    details.textContent = `${instance}last seen ${formatTime(lastSeenAt)}`;
    item.append(since, details, current ? createMark() : createButton(id, signedInAt));
    return item;
  }

  function createButton(id, signedInAt) {
    const button = document.createElement('button');
    button.className = 'quiet';
    button.textContent = 'End';
    button.ariaLabel = `End the session since ${formatTime(signedInAt)}`;
    button.addEventListener('click', () => end('DELETE', `list/${id}`));
    return button;
  }

  async function end(method, path) {
    const { status, body } = await ask(method, path);
    await refresh();
    answer.textContent = status === 200 ? formatEnded(body) : 'That did not work.';
    // The button may be gone that was pressed
    if (document.activeElement === document.body) state.focus();
  }
}

function createMark() {
  const mark = document.createElement('strong');
  mark.textContent = 'This one';
  return mark;
}

async function ask(method, path) {
  try {
    const headers = { Accept: 'application/json' };
    const response = await fetch(`/session/${path}`, { method, headers });
    const { status } = response;
    return { status, date: response.headers.get('Date'), body: await response.json() };
  } catch {
    return { status: 0, body: { error: 'The app does not answer.' } };
  }
}

function explain({ status, body }) {
  return status === 503
    ? 'Redis is away. Whether you are signed in will show when it is back.'
    : body.error.split('\n')[0];
}

/** By the clock of the server; the browser's may go wrong. */
function timeLeft({ date, body }) {
  return Math.min(Date.parse(body.expiresAt) - Date.parse(date) + 1000, LONGEST_TIMER);
}

/** As the header X-App-Instance has it. */
function formatInstance({ index, guid }) {
  return `instance ${index}/${guid.slice(0, 8)}`;
}

/** The date goes without saying when it is today's. */
function formatTime(time) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString()
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

function formatDuration(seconds) {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function formatEnded({ ended }) {
  return ended === 1 ? '1 session ended.' : `${ended} sessions ended.`;
}
