/** The operator's page: signs the operator in, and shows the section that the address names. */
import { create, setText } from '../elements.js';
import { formatCountdown } from '../format.js';
import { showChannels } from './channels.js';
import { showConsole } from './console.js';
import { showKey } from './key.js';
import { showKeys } from './keys.js';
import { showRedis } from './redis.js';
import { createRequests } from './requests.js';
import { showSessions } from './sessions.js';
import { showSignIn } from './sign-in.js';
import { operator as words } from '../words.js';

const SECOND = 1000; // milliseconds
/** The server's clock may be a little behind. */
const LATE = 2000; // milliseconds

/** Each returns the elements of a section. */
const SECTIONS = {
  keys: (context) => (context.argument ? showKey(context) : showKeys(context)),
  sessions: showSessions,
  redis: showRedis,
  console: showConsole,
  channels: showChannels,
};

const find = (selector) => document.querySelector(selector);
const requests = createRequests({ onAnswer: renew, onSignedOut: signedOut });
/** What the charts have seen, for as long as the operator stays. */
let samples = [];
/** Milliseconds that the session lasts without a request; null while nobody is signed in. */
let idle = null;
let endsAt = 0;
let leaving = new AbortController();

setText(find('[data-sign-out]'), words.signOut);
find('[data-sections]').append(
  ...Object.keys(SECTIONS).map((name) =>
    create('a', { href: `#${name}`, textContent: words.sections[name] }),
  ),
);
find('[data-sign-out]').addEventListener('click', signOut);
for (const link of document.querySelectorAll('.languages a')) {
  link.addEventListener('click', () => (link.hash = location.hash));
}
addEventListener('hashchange', () => {
  if (idle === null) return;
  showSection();
  find('main h2').focus();
});
setInterval(tick, SECOND);
await enter();

async function enter() {
  const { json, status, date, problem } = await requests.send('GET', '/operator/me');
  if (status === 401) return; // signedOut has shown the form
  if (status !== 200) return showForm(problem);
  idle = Date.parse(json.expiresAt) - date - SECOND; // the header Date has whole seconds
  renew();
  tick();
  showFrame(true);
  showSection();
}

/** `#keys/foo?match=…`: the section, what it shows, and how. */
function showSection() {
  const [, name, argument, query] = /^#(\w*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(location.hash) ?? [];
  const section = Object.hasOwn(SECTIONS, name ?? '') ? name : 'keys';
  leave();
  document.title = words.title(words.sections[section]);
  for (const link of document.querySelectorAll('[data-sections] a')) {
    link.ariaCurrent = link.hash === `#${section}` ? 'page' : null;
  }
  const { signal } = leaving;
  const asked = new URLSearchParams(query ?? '');
  const context = { ...requests, argument, query: asked, signal, say, samples };
  find('main').replaceChildren(...SECTIONS[section](context));
}

/** Ends what the section has begun, and closes its dialogs. */
function leave() {
  leaving.abort();
  leaving = new AbortController();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

async function signOut() {
  await requests.send('POST', '/operator/sign-out');
  idle = null;
  showForm('');
}

/** The session has ended: nothing of what was shown stays. */
function signedOut() {
  const text = idle === null ? '' : words.signedOut;
  idle = null;
  showForm(text);
}

function showForm(text) {
  leave();
  samples = [];
  showFrame(false);
  document.title = words.title(words.signIn);
  find('main').replaceChildren(...showSignIn({ ...requests, text, onSignedIn: enter }));
  find('main input').focus();
}

function showFrame(isIn) {
  find('[data-sections]').hidden = !isIn;
  find('[data-sign-out]').hidden = !isIn;
  if (!isIn) setText(find('[data-idle]'), '');
}

function renew() {
  endsAt = performance.now() + idle;
}

function tick() {
  if (idle === null) return;
  const left = endsAt - performance.now();
  setText(find('[data-idle]'), words.endsIn(formatCountdown(left)));
  if (left > -LATE) return;
  renew(); // asks once: another page may have prolonged the session
  void requests.send('GET', '/operator/me');
}

/** Says to a screen reader what came of an action; the page shows it where it was done. */
function say(text) {
  setText(find('[data-said]'), text);
}
