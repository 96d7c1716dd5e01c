/** Which instances answer this browser: a sentence and bars, counted live while signed in. */
import { createAsking } from './asking.js';
import { create, finder, setText, syncList } from './elements.js';
import { formatInstance, formatList, formatNumber, shortGuid } from './format.js';
import { createTally, judge } from './tally.js';

/** The stream may tell a moment later that the session has ended, and so is not lost. */
const GRACE = 1000; // milliseconds
const LOST_FOR_GOOD = 10; // answers in a row

const TROUBLE_NAMES = { away: 'Redis away', failed: 'Error', silent: 'No answer' };

/** `hasStream` says whether the event stream would tell of the end of a session. */
export function mountAnswers(section, login, { onMe, hasStream }) {
  const find = finder(section);
  const asking = createAsking(hear);
  let tally = createTally();
  let isCounting = false;
  let running = []; // the instances
  let signedInBy = null;
  let isPaused = false;

  find('pause').addEventListener('click', togglePause);

  return { showLogin, showInstances, showUnbound, askOnce: asking.once, rest, goOn };

  function showLogin(state) {
    if (state.name === 'in') begin();
    else if (isCounting) end();
    find('control').hidden = state.name !== 'in';
    show();
  }

  function begin() {
    if (!isCounting) tally = createTally();
    isCounting = true;
    asking.start();
  }

  /** What was counted stays. */
  function end() {
    isCounting = false;
    void asking.stop();
  }

  function showInstances(list) {
    running = list;
    show();
  }

  function showUnbound() {
    setText(find('sentence'), 'There are no sessions without Redis.');
  }

  function rest() {
    return asking.stop();
  }

  function goOn() {
    if (login.read().name === 'in') asking.start();
  }

  function togglePause() {
    isPaused = !isPaused;
    setText(find('pause'), isPaused ? 'Go on' : 'Pause');
    asking.setPaused(isPaused);
  }

  function hear(answer) {
    if (!hasStream()) login.hearAnswer(answer);
    if (login.read().name !== 'in') return;
    const outcome = judge(answer);
    if (outcome === 'lost') return void setTimeout(countLoss, GRACE, answer.instance);
    tally.count(outcome, answer.instance);
    if (outcome === 'good') welcome(answer);
    show();
  }

  function welcome({ json, date }) {
    ({ signedInBy } = json);
    if (json.user !== login.read().user) login.hearSession({ user: json.user }, {});
    onMe(json, date);
  }

  function countLoss(instance) {
    if (login.read().name !== 'in') return;
    tally.count('lost', instance);
    login.hearLoss();
    if (tally.read().lostInARow >= LOST_FOR_GOOD) login.over('lost');
    show();
  }

  function show() {
    const { name } = login.read();
    const counted = tally.read();
    const hasBegun = name === 'in' || name === 'over';
    setText(find('sentence'), hasBegun ? describe(name, counted) : SENTENCES[name]);
    showLoss(counted);
    showBars(hasBegun ? listBars(counted) : []);
  }

  function describe(name, { instances }) {
    const verb = name === 'in' ? 'Signed in' : 'Was signed in';
    const origin = signedInBy ? ` by instance ${signedInBy.index}${hasGone(signedInBy)}` : '';
    const served = instances.filter(({ good }) => good > 0);
    if (served.length === 0) return `${verb}${origin}.`;
    const counts = formatList(served.map(({ good }) => formatNumber(good)));
    const last = served.at(-1).good === 1 ? 'answer' : 'answers';
    return `${verb}${origin}, served by ${formatList(nameAll(served))}: ${counts} ${last}.`;
  }

  function hasGone({ guid }) {
    const isHere = running.some((instance) => instance.guid === guid);
    return isHere || running.length === 0 ? '' : ' (gone since)';
  }

  function listBars({ instances, troubles }) {
    const silent = running
      .filter(({ guid }) => !instances.some((entry) => entry.guid === shortGuid(guid)))
      .map(({ index, guid }) => ({ index, guid: shortGuid(guid), good: 0, lost: 0 }));
    const rows = [...instances, ...silent]
      .sort((a, b) => a.index - b.index)
      .map((entry) => ({ ...entry, key: entry.guid, name: `Instance ${entry.index}` }));
    const others = Object.keys(TROUBLE_NAMES)
      .filter((trouble) => troubles[trouble] > 0)
      .map((key) => ({ key, name: TROUBLE_NAMES[key], good: 0, lost: troubles[key] }));
    return [...rows, ...others];
  }

  function showBars(rows) {
    const longest = Math.max(1, ...rows.map(({ good, lost }) => good + lost));
    syncList(find('bars'), rows, {
      keyOf: ({ key }) => key,
      create: createBar,
      update: (bar, row) => updateBar(bar, row, longest, isGone(row)),
    });
  }

  function isGone({ guid }) {
    return (
      Boolean(guid) &&
      running.length > 0 &&
      !running.some((instance) => shortGuid(instance.guid) === guid)
    );
  }

  function showLoss({ troubles, total }) {
    find('loss').hidden = troubles.lost === 0;
    if (troubles.lost === 0) return;
    setText(find('loss-word'), 'The login was lost.');
    const [lost, all] = [troubles.lost, total].map(formatNumber);
    setText(find('loss-count'), `${lost} of ${all} answers did not know it.`);
  }
}

const SENTENCES = {
  unknown: 'Asking…',
  anonymous: 'Sign in, and here you see live which instances answer you.',
};

/** By index, which two share while one replaces the other. */
function nameAll(instances) {
  const indexes = instances.map(({ index }) => index);
  const isShared = new Set(indexes).size < indexes.length;
  return instances.map((entry) => (isShared ? formatInstance(entry) : String(entry.index)));
}

function createBar({ name, guid }) {
  const detail = create('small', { textContent: guid ?? '' });
  const track = create(
    'span',
    { className: 'track' },
    create('span', { className: 'good' }),
    create('span', { className: 'lost' }),
  );
  return create(
    'li',
    {},
    create('span', { className: 'name' }, name, ' ', detail),
    track,
    create('span', { className: 'count' }),
    create('span', { className: 'note' }),
  );
}

function updateBar(bar, { guid, good, lost }, longest, isGone) {
  const [, track, count, note] = bar.children;
  bar.classList.toggle('gone', isGone);
  track.children[0].style.inlineSize = `${(100 * good) / longest}%`;
  track.children[1].style.inlineSize = `${(100 * lost) / longest}%`;
  setText(count, formatNumber(guid ? good : lost));
  setText(note, guid && lost > 0 ? `${formatNumber(lost)} lost` : isGone ? 'gone' : '');
}
