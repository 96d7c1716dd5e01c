/** Mounts the parts of the page, and passes to each what concerns it. */
import { mountAccount } from './account.js';
import { createChecks } from './checks.js';
import { closeDiagnostics, closeKeys } from './closed.js';
import { mountCopy } from './copy.js';
import { create, setText } from './elements.js';
import { isAway } from './facts.js';
import { signInGuest } from './guest.js';
import { ask } from './http.js';
import { mountInstances } from './instances.js';
import { mountKeys } from './keys.js';
import { createLogin } from './login.js';
import { mountPresenter } from './presenter.js';
import { mountRedis } from './redis.js';
import { forget, recall, remember } from './remembered.js';
import { mountStage } from './stage.js';
import { openStream } from './stream.js';
import { advance, createTimeline, listRunning } from './timeline.js';
import { words } from './words.js';

const RETRY = 3000; // milliseconds
/** A foundry shows its controls there alone. */
const ON_THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];
/** So long a screen reader has time to say what came of an action. */
const SPOKEN = 5000; // milliseconds

const find = (selector) => document.querySelector(selector);
const settings = document.body.dataset;
const isOpen = settings.diagnostics === 'open';
const isUsable = settings.bound === 'usable';

let timeline = createTimeline();
/** What is known about Redis; null before anything is. */
let redis = null;
let stream = null;
let isLive = true;
let isPaused = false;

const stage = mountStage(find('.stage'), settings.sessions);
const login = createLogin({ onChange: showLogin, onDoubt: () => checks.once(), reopen });
const checks = createChecks(login, {
  hasStream: () => stream !== null,
  onOutcome: (outcome, answer) => tell('answer', { outcome, ...answer }),
  onMe(me, date) {
    remember(me.user);
    account.showMe(me, date);
  },
});
const account = mountAccount(find('header nav'), find('[data-account-dialog]'), {
  login,
  checks,
  say,
});
const showInstances = mountInstances(find('.instances'));
const redisCard = mountRedis(find('.redis'), find('[data-redis-dialog]'));

mountCopy(find('[data-copy-commands]'), find('[data-commands]'));
mountKeys(find('.keys'), say);
mountPresenter(find('.stage'), { onPause: togglePause });
if (ON_THIS_MACHINE.includes(location.hostname)) void showFoundry();
find('[data-guest]').addEventListener('click', beGuest);
// The setting is an attribute of the body, which has the same name
if (settings.signUp === 'closed')
  for (const each of document.querySelectorAll('body [data-sign-up], [data-guest]'))
    each.hidden = true;
if (settings.operator === 'on') find('[data-operator-link]').hidden = false;
if (settings.keys !== 'open') closeKeys(find('.keys'), settings.keys);
if (!isOpen)
  for (const name of ['.instances', '.redis']) closeDiagnostics(find(name), settings.diagnostics);
start();

function start() {
  // Where each instance has its own sessions, the one that answers now may not know of the sign-in
  const user = settings.sessions === 'memory' ? recall() : null;
  if (user) login.believeSignedIn(user);
  if (!isUsable) void explainUnbound();
  else if (isOpen) follow();
  else void untilKnown();
}

/** Each event changes the timeline, which all that is shown follows. */
function tell(type, event = {}) {
  timeline = advance(timeline, { type, at: performance.now(), ...event });
  show();
}

function show() {
  stage.show({ login: login.read(), timeline, redis });
  if (isOpen) showInstances(timeline, !isLive || timeline.awaySince !== null);
  setText(find('[data-summary]'), summarize());
}

function summarize() {
  if (!isLive) return words.noStream;
  const service = redis?.bound && [redis.label, redis.plan].filter(Boolean).join(' ');
  return words.summary(listRunning(timeline).length, redis?.server?.version, service);
}

function showLogin(state) {
  account.showLogin(state);
  checks.showLogin(state);
  if (state.name === 'over') forget();
  if (state.name === 'in') tell('signed-in', { user: state.user });
  else if (state.name === 'over') tell('signed-out');
  else show();
}

function follow() {
  stream = openStream(
    {
      session: login.hearSession,
      redis(news) {
        redis = news;
        redisCard.show(news);
        login.hearRedis(isAway(news));
        tell('redis', { isAway: isAway(news), failover: news.lastFailover });
      },
      instances: (list) => tell('instances', { list }),
      ended: login.hearEnded,
    },
    showLive,
  );
}

function showLive(value) {
  if (isLive === value) return;
  isLive = value;
  show();
  // There may be too many pages for a stream to be opened
  if (!isLive && login.read().name === 'unknown') void askWho();
}

function reopen() {
  if (stream) stream.reopen();
  else void checks.once();
}

/** Without diagnostics, the page is there for signing in and for keys. */
async function untilKnown() {
  await askWho();
  const { name, isAway: isUnknown } = login.read();
  if (name === 'unknown' || isUnknown) setTimeout(untilKnown, RETRY);
}

/** For when no stream says who is signed in. */
async function askWho() {
  const answer = await ask('GET', '/session/me');
  login.hearAnswer(answer);
  redis ??= { bound: true, works: null };
  if (login.read().isAway) redis = { bound: true, works: false, problem: '' };
  else if (redis.works === false) redis = { bound: true, works: null };
  show();
}

/** There is nothing to follow: the page says what is missing. */
async function explainUnbound() {
  const { json } = isOpen ? await ask('GET', '/') : { json: null };
  redis = json?.redis ?? { bound: settings.bound === 'unusable', works: false, problem: null };
  if (isOpen) redisCard.show(redis);
  if (!redis.bound) showCommands();
  show();
}

function showCommands() {
  setText(find('[data-commands]'), bindCommands(settings.app).join('\n'));
  find('[data-unbound]').hidden = false;
  find('[data-tape]').hidden = true;
}

function bindCommands(app) {
  return [
    'cf create-service redis-sb shared-vm redis-service-instance',
    `cf bind-service ${app} redis-service-instance`,
    `cf restart ${app}`,
  ];
}

async function beGuest({ target }) {
  target.disabled = true;
  const { status, user, text, json } = await signInGuest();
  target.disabled = false;
  const isIn = status === 201;
  const problem = isIn ? '' : words.guestFailed(json?.error ?? text);
  setText(find('[data-guest-problem]'), problem);
  if (!isIn) return say(problem);
  remember(user);
  login.believeSignedIn(user);
  if (stream) stream.reopen(); // the server is to know whose page this is
  find('#headline').focus();
}

async function showFoundry() {
  const { mountFoundry } = await import('./foundry.js');
  await mountFoundry({ controls: find('.controls'), lanes: find('[data-lanes]'), say });
}

function togglePause() {
  isPaused = !isPaused;
  setText(find('[data-pause]'), isPaused ? words.goOn : words.pause);
  checks.setPaused(isPaused);
  stage.setFrozen(isPaused);
}

/** Says to a screen reader what came of an action; the page shows it where it was done. */
function say(text) {
  const spoken = create('span', { className: 'spoken', textContent: text });
  find('#headline [role=status]').append(spoken);
  setTimeout(() => spoken.remove(), SPOKEN);
}
