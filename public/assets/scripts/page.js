/** Mounts the parts of the page, and tells each what concerns it. */
import { mountAnswers } from './answers.js';
import { closeDiagnostics, closeKeys } from './closed.js';
import { setText } from './elements.js';
import { isAway } from './facts.js';
import { formatInstance } from './format.js';
import { ask, onAnswer } from './http.js';
import { mountInstances } from './instances.js';
import { mountKeys } from './keys.js';
import { createLogin } from './login.js';
import { mountRedis } from './redis.js';
import { mountSession } from './session.js';
import { openStream } from './stream.js';

const RETRY = 3000; // milliseconds

const find = (selector) => document.querySelector(selector);
const access = document.body.dataset;

const login = createLogin({
  onChange(state) {
    session.showLogin(state);
    answers.showLogin(state);
  },
  onDoubt: () => answers.askOnce(),
  reopen: () => (stream ? stream.reopen() : answers.askOnce()),
});
const session = mountSession(find('.session'), login, {
  rest: () => answers.rest(),
  goOn: () => answers.goOn(),
});
const answers = mountAnswers(find('.answers'), login, {
  onMe: session.showMe,
  hasStream: () => stream !== null,
});
const instances = mountInstances(find('.instances'));
const redis = mountRedis(find('.redis'));
let stream = null;

mountKeys(find('.keys'));
onAnswer((instance) => {
  setText(find('[data-instance]'), `instance ${formatInstance(instance)}`);
  instances.markLatest(instance);
  redis.markLatest(instance);
});
if (access.keys !== 'open') closeKeys(find('.keys'), access.keys);
if (access.diagnostics === 'open') void start();
else startClosed();

/** An app without a bound Redis has nothing to stream. */
async function start() {
  const { json } = await ask('GET', '/');
  if (json) {
    setText(find('[data-app]'), json.app.name);
    redis.show(json.redis);
  }
  if (json?.redis.bound) return follow();
  if (json) showUnbound();
  else showLive(false);
  setTimeout(start, RETRY);
}

/** Without diagnostics, the page is there for signing in and for keys. */
function startClosed() {
  for (const name of ['.instances', '.redis']) closeDiagnostics(find(name), access.diagnostics);
  find('[data-live]').hidden = true;
  void untilKnown();
}

async function untilKnown() {
  await askWho();
  const { name, isAway } = login.read();
  if (name === 'unknown' || isAway) setTimeout(untilKnown, RETRY);
}

/** For when no stream says who is signed in. */
async function askWho() {
  const answer = await ask('GET', '/session/me');
  if (answer.status === 500) {
    session.showUnbound();
    answers.showUnbound();
  }
  login.hearAnswer(answer);
}

function follow() {
  stream = openStream(
    {
      session: login.hearSession,
      redis(news) {
        showLive(true);
        redis.show(news);
        instances.showAway(isAway(news));
        login.hearRedis(isAway(news));
      },
      instances(list) {
        instances.show(list);
        answers.showInstances(list);
        redis.showInstances(list);
      },
      ended: login.hearEnded,
    },
    showLive,
  );
}

function showLive(isLive) {
  const element = find('[data-live]');
  element.dataset.state = isLive ? 'good' : 'bad';
  setText(element, isLive ? 'Live' : 'Not connected: trying again…');
  if (isLive) return;
  instances.showAway(true);
  // There may be too many pages for a stream to be opened
  if (login.read().name === 'unknown') void askWho();
}

function showUnbound() {
  const element = find('[data-live]');
  element.dataset.state = 'bad';
  setText(element, 'No Redis');
  session.showUnbound();
  answers.showUnbound();
  instances.showUnbound();
}
