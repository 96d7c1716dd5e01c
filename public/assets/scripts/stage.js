/** The stage: the headline, the three numbers, and the tape with a label for each lane. */
import { create, finder, setText, syncList } from './elements.js';
import { formatNumber, formatSeconds, lettersOf } from './format.js';
import { describeState } from './headline.js';
import { drawTape, layOut, shiftOf, showTape, widthOf } from './tape.js';
import { listLanes, loginKind } from './timeline.js';
import { words } from './words.js';

/** The tape moves by a few pixels each time: more steps would cost more than 5 % of a core. */
const STEP = 250; // milliseconds
const SLOW_STEP = 1000; // milliseconds, for people who prefer less motion
/** Room for the seconds of waiting, so that the headline does not shrink as they grow. */
const WAITING = 8; // letters

export function mountStage(section, sessions) {
  const find = finder(section);
  const drawing = find('drawing');
  const isMotionReduced = matchMedia('(prefers-reduced-motion: reduce)');
  let size = { width: 0, height: 0 };
  let state = null;
  let frozenAt = null;
  let drawnAt = -Infinity;

  new ResizeObserver(resize).observe(find('past'));
  move();

  return { show, setFrozen };

  /** `news` has the login, the timeline, and what is known about Redis. */
  function show(news) {
    state = { ...news, sessions };
    redraw();
  }

  function setFrozen(isFrozen) {
    frozenAt = isFrozen ? performance.now() : null;
    redraw();
  }

  function now() {
    const time = frozenAt ?? performance.now();
    return isMotionReduced.matches ? Math.floor(time / SLOW_STEP) * SLOW_STEP : time;
  }

  function resize([entry]) {
    size = entry.contentRect;
    drawnAt = -Infinity;
    drawing.setAttribute('width', widthOf(size));
    drawing.setAttribute('height', size.height);
    redraw();
  }

  /** Moves what is drawn; each second it is drawn anew, without what has left. */
  function move() {
    setTimeout(move, isMotionReduced.matches ? SLOW_STEP : STEP);
    if (!state || document.hidden || frozenAt !== null) return;
    if (performance.now() - drawnAt >= SLOW_STEP) redraw();
    else place();
  }

  function redraw() {
    if (!state) return;
    showHeadline();
    if (size.width === 0) return;
    if (frozenAt !== null && drawnAt > frozenAt) return;
    drawnAt = performance.now();
    const lanes = listLanes(state.timeline, now());
    const rows = layOut(size, lanes.length);
    showLanes(lanes, rows);
    showTape(drawing, drawTape(state.timeline, now(), size));
    place();
  }

  function place() {
    drawing.style.transform = `translateX(${Math.round(shiftOf(now(), size))}px)`;
  }

  function showHeadline() {
    const { login, timeline } = state;
    const { mood, text, waiting, note, title } = describeState(state, performance.now());
    section.dataset.mood = mood;
    setText(find('headline'), text);
    setText(find('waiting'), waiting);
    section.style.setProperty('--letters', lettersOf(text) + (waiting ? WAITING : 0));
    setText(find('note'), note);
    if (document.title !== title) document.title = title;
    find('numbers').hidden = timeline.since === null || !['in', 'over'].includes(login.name);
    find('sign-in').hidden = login.name !== 'anonymous' || state.redis?.works === false;
    showNumbers(timeline);
  }

  function showNumbers({ since, until, answers, servedBy, lost }) {
    const [answersWord, instancesWord] = words.numbers(answers, servedBy.length);
    setText(find('duration'), formatSeconds((until ?? performance.now()) - (since ?? 0)));
    setText(find('answers'), formatNumber(answers));
    setText(find('answers-word'), answersWord);
    setText(find('instances'), formatNumber(servedBy.length));
    setText(find('instances-word'), instancesWord);
    setText(find('lost'), formatNumber(lost));
    find('lost-number').classList.toggle('bad', lost > 0);
  }

  function showLanes(lanes, { lane }) {
    const { timeline, login } = state;
    const user = login.name === 'in' || login.name === 'over' ? login.user : null;
    setText(find('login-label'), words.login(user));
    find('login-label').classList.toggle('none', !user);
    find('tape').style.setProperty('--lane', `${lane}px`);
    drawing.setAttribute('aria-label', words.tape(user, lanes));
    find('now').className = `now ${loginKind(timeline) ?? 'none'}`;
    syncList(find('lanes'), lanes, {
      keyOf: (index) => index,
      create: createLane,
      update: () => {},
    });
  }
}

/** Controls of an instance have their place beside its name. */
function createLane(index) {
  const lane = create(
    'li',
    { className: 'lane' },
    create(
      'span',
      { className: 'name' },
      create('span', { textContent: words.lane }),
      String(index),
    ),
    create('span', { className: 'lane-controls' }),
  );
  lane.dataset.index = index;
  return lane;
}
