/**
 * Draws the tape: the last minute of a login, and below it the instances that answered. The drawing is
 * a function of the timeline; `showTape` puts it on the page.
 */
import { draw } from './elements.js';
import { formatSeconds, lettersOf } from './format.js';
import { listLanes, SPAN } from './timeline.js';
import { words } from './words.js';

const LOGIN = { height: 40, line: 16 };
const MARKS = { height: 44, row: 19, letter: 7.6, gap: 8 };
const LANE = { highest: 92, gap: 0.2, tick: 0.62 };
/** Bands and lines that go on are drawn beyond the edge, so that time moves them and nothing is redrawn. */
const AHEAD = 5000; // milliseconds
const CROSS = 10;

/** Returns where rows stand, in pixels. Lanes share the height: more of them are thinner. */
export function layOut({ height }, laneCount) {
  const room = height - LOGIN.height - MARKS.height;
  const lane = Math.min(LANE.highest, room / Math.max(1, laneCount));
  return {
    login: LOGIN.height,
    lane,
    marks: LOGIN.height + lane * laneCount,
    band: lane * (1 - LANE.gap),
  };
}

/** Returns the shapes of the tape, each with a key. As time goes on, they move: see `shiftOf`. */
export function drawTape(timeline, now, size) {
  const lanes = listLanes(timeline, now);
  const rows = layOut(size, lanes.length);
  const scale = size.width / SPAN;
  const oldest = originOf(now);
  const place = {
    x: (at) => round((at - oldest) * scale),
    top: (index) =>
      round(rows.login + lanes.indexOf(index) * rows.lane + (rows.lane - rows.band) / 2),
    oldest,
    newest: oldest + SPAN + 2 * AHEAD,
    rows,
  };
  const shown = timeline.lives.filter(({ index }) => lanes.includes(index));
  const killed = shown.filter(({ end }) => end === 'killed');
  return [
    ...lanes.map((index) => drawRail(`rail ${index}`, place.top(index) + rows.band / 2, place)),
    drawRail('rail', LOGIN.line, place),
    ...shown.map((life) => drawBand(life, shown, place)),
    ...lanes.flatMap((index) => drawTicks(timeline.ticks, index, place)),
    ...drawMarks(timeline.marks, place),
    ...killed.map((life) => drawCross(life, place)),
    ...timeline.login.flatMap((piece) => drawLogin(piece, place)),
  ];
}

/** The time at the left edge of the drawing, which is longer than what is seen of it. */
function originOf(now) {
  return Math.floor((now - SPAN) / AHEAD) * AHEAD;
}

/** Returns how wide the drawing is, in pixels. */
export function widthOf({ width }) {
  return Math.ceil((width * (SPAN + 2 * AHEAD)) / SPAN);
}

/** Returns how far to move the drawing, so that now is at the right edge of what is seen. */
export function shiftOf(now, { width }) {
  return round((width * (originOf(now) - (now - SPAN))) / SPAN);
}

/** Leads the eye from the label of a row to what is in it. */
function drawRail(key, y, { x, oldest, newest }) {
  return { key, tag: 'path', class: 'rail', d: `M${x(oldest)},${round(y)}H${x(newest)}` };
}

/** A kill ends a band squarely, a drain with a round end. A successor begins where its predecessor ends. */
function drawBand(life, lives, { x, top, oldest, newest, rows }) {
  const before = lives.findLast(
    ({ index, to, from }) =>
      index === life.index && to !== null && from < life.from && to > life.from,
  );
  const left = x(Math.max(before ? before.to : life.from, oldest)) + (before ? 3 : 0);
  const right = Math.max(left + 2, x(life.to ?? newest));
  const [y, height] = [top(life.index), round(rows.band)];
  const radius = round(Math.min(life.end === 'left' ? height / 2 : 0, (right - left) / 2));
  const d =
    `M${left},${y} H${round(right - radius)} a${radius},${radius} 0 0 1 ${radius},${radius} ` +
    `V${round(y + height - radius)} a${radius},${radius} 0 0 1 ${-radius},${radius} H${left} Z`;
  return { key: `band ${life.guid}`, tag: 'path', class: `band ${life.end ?? 'running'}`, d };
}

/** One path for all ticks of a lane that say the same. */
function drawTicks(all, index, { x, top, rows }) {
  const ticks = all.filter((tick) => tick.index === index);
  const height = round(rows.band * LANE.tick);
  const y = round(top(index) + (rows.band - height) / 2);
  return ['good', 'away', 'failed', 'lost']
    .map((outcome) => ({ outcome, same: ticks.filter((tick) => tick.outcome === outcome) }))
    .filter(({ same }) => same.length > 0)
    .map(({ outcome, same }) => ({
      key: `ticks ${index} ${outcome}`,
      tag: 'path',
      class: `tick ${outcome}`,
      d: same.map(({ at }) => `M${x(at)},${y}v${height}`).join(''),
    }));
}

function drawCross({ guid, index, to }, { x, top, rows }) {
  const arm = Math.min(CROSS, round(rows.band * 0.45));
  const [cx, cy] = [x(to), round(top(index) + rows.band / 2)];
  const d = `M${cx - arm},${cy - arm}l${2 * arm},${2 * arm}m0,${-2 * arm}l${-2 * arm},${2 * arm}`;
  return { key: `cross ${guid}`, tag: 'path', class: 'cross', d };
}

function drawLogin({ kind, from, to }, { x, oldest, newest }) {
  const [left, right, y] = [x(Math.max(from, oldest)), x(to ?? newest), LOGIN.line];
  const key = `login ${from}`;
  const line = { key, tag: 'path', class: `login ${kind}`, d: `M${left},${y}H${right}` };
  if (kind !== 'lost') return [line];
  return [
    line,
    { key: `${key} snap`, tag: 'path', class: 'snap', d: `M${left - 4},${y - 13}l8,9l-8,8l8,9` },
  ];
}

/** Words stand to the left of their line, in the first of two rows that has room. */
function drawMarks(marks, { x, rows }) {
  const ends = [-Infinity, -Infinity];
  return marks
    .toSorted((a, b) => a.at - b.at)
    .flatMap((mark) => {
      const [at, text] = [x(mark.at), sayMark(mark)];
      const left = at - MARKS.gap - lettersOf(text) * MARKS.letter;
      const row = ends.findIndex((end) => left > end);
      const key = `${mark.kind} ${mark.at}`;
      const line = {
        key,
        tag: 'path',
        class: 'mark',
        d: `M${at},${LOGIN.line}V${round(rows.marks + 8)}`,
      };
      if (row === -1) return [line];
      ends[row] = at;
      const y = round(rows.marks + 16 + row * MARKS.row);
      return [line, { key: `${key} text`, tag: 'text', class: 'word', x: at - MARKS.gap, y, text }];
    });
}

/** What a mark of the timeline says. */
export function sayMark(mark) {
  const { duration = null } = mark;
  return words.mark({ ...mark, duration: duration === null ? null : formatSeconds(duration) });
}

/** Changes what differs from the drawing that is there. */
export function showTape(group, shapes) {
  const old = new Map([...group.children].map((element) => [element.dataset.key, element]));
  shapes.forEach(({ key, tag, text = '', ...attributes }, position) => {
    const element = old.get(key) ?? draw(tag);
    old.delete(key);
    element.dataset.key = key;
    for (const [name, value] of Object.entries(attributes)) {
      if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
    }
    if (element.textContent !== text) element.textContent = text;
    const there = group.children[position];
    if (there !== element) group.insertBefore(element, there ?? null);
  });
  for (const element of old.values()) element.remove();
}

function round(value) {
  return Math.round(value * 10) / 10;
}
