/** A drawing of who talks to whom: the app's instances, the Redis servers, and those around them. */
import { isAway } from './facts.js';
import { draw } from './elements.js';
import { formatAddress, formatList, shortGuid } from './format.js';

const ROLES = { primary: 'Primary', replica: 'Replica' };

const WIDTH = 320;
const ROW = 40;
const BOX = 32; // its height
const LETTER = 6.2; // the width of most
/** More of them are drawn fainter, not to be a thicket. */
const MANY_LINKS = 12;
const MOST_INSTANCES = 6;
/** Replicas are to be heard of every second. */
const LONGEST_LAG = 5; // seconds
const SIDES = {
  left: { x: 0, width: 62 },
  center: { x: 88, width: 114 },
  wideCenter: { x: 150, width: 140 },
  right: { x: 226, width: 94 },
};

export function mountTopology(element) {
  let redis = null;
  let instances = [];
  let latest = null;
  let drawn = '';

  return { show, showInstances, markLatest };

  function show(news) {
    redis = news;
    redraw();
  }

  function showInstances(list) {
    instances = list;
    redraw();
  }

  function markLatest(instance) {
    latest = instance;
    mark();
  }

  /** Only when something has changed that can be seen. */
  function redraw() {
    if (!redis?.bound || !redis.nodes) return;
    const plan = planOf(redis, instances);
    const text = JSON.stringify(plan);
    if (text === drawn) return;
    drawn = text;
    element.replaceChildren(drawPlan(plan));
    mark();
  }

  function mark() {
    for (const box of element.querySelectorAll('[data-guid]')) {
      box.classList.toggle('latest', box.dataset.guid === latest?.guid);
    }
  }
}

/** What is to be drawn: boxes in three columns. Nothing is in it that the binding or Redis did not tell. */
function planOf(redis, instances) {
  return {
    isAway: isAway(redis),
    left: planInstances(instances),
    center: planServers(redis),
    right: [...planReplicas(redis), ...planSentinels(redis), ...planReader(redis)],
  };
}

function planInstances(instances) {
  const shown = instances.slice(0, MOST_INSTANCES);
  const boxes = shown.map(({ index, guid }) => ({ title: `App ${index}`, guid: shortGuid(guid) }));
  const more = instances.length - shown.length;
  if (more > 0) boxes.push({ title: `${more} more` });
  return boxes.length > 0 ? boxes : [{ title: 'App' }];
}

/** While Redis is away, those of the binding: Sentinels are dialled first, but are not the servers. */
function planServers({ topology, nodes, masterName, server }) {
  if (server) {
    const title = ROLES[server.role] ?? 'Redis';
    return server.primaries.map((primary) => ({ title, detail: formatAddress(primary) }));
  }
  if (topology === 'sentinel') return [{ title: 'Primary', detail: masterName }];
  const title = topology === 'cluster' ? 'Cluster node' : 'Redis';
  return nodes.map((node) => ({ title, detail: formatAddress(node) }));
}

function planReplicas({ server }) {
  return (server?.replicas ?? []).map(({ primary, state, lag, ...address }) => ({
    title: 'Replica',
    detail: formatAddress(address),
    of: formatAddress(primary),
    isWell: state === 'online' && !(lag > LONGEST_LAG),
    link: 'copies',
  }));
}

function planSentinels({ topology, nodes }) {
  if (topology !== 'sentinel') return [];
  return nodes.map((node) => ({ title: 'Sentinel', detail: formatAddress(node), link: 'watches' }));
}

function planReader({ reader }) {
  return reader ? [{ title: 'Reader', detail: formatAddress(reader), link: 'watches' }] : [];
}

function drawPlan({ isAway, left, center, right }) {
  const rows = Math.max(left.length, center.length, right.length, 2);
  const middle = right.length > 0 ? SIDES.center : SIDES.wideCenter;
  const sources = placeAll(left, SIDES.left, rows);
  const servers = placeAll(center, middle, rows);
  const others = placeAll(right, SIDES.right, rows);

  const lines = [
    ...sources.flatMap((source) => servers.map((server) => drawLink(source, server, 'uses'))),
    ...others
      .filter(({ link }) => link)
      .map((other) => drawLink(primaryOf(other), other, other.link, other.isWell === false)),
  ];
  const boxes = [
    ...sources.map((box) => drawBox(box, 'app')),
    ...servers.map((box) => drawBox(box, isAway ? 'server away' : 'server')),
    ...others.map((box) => drawBox(box, isAway ? 'other away' : 'other')),
  ];
  /** Sentinels and readers have all of them; a line to the first says enough. */
  function primaryOf({ of }) {
    return servers.find(({ detail }) => detail === of) ?? servers[0];
  }
  return draw(
    'svg',
    {
      class: [isAway && 'away', lines.length > MANY_LINKS && 'many'].filter(Boolean).join(' '),
      viewBox: `-1 -1 ${WIDTH + 2} ${rows * ROW}`,
      role: 'img',
      'aria-label': summarize({ isAway, left, center, right }),
    },
    ...lines,
    ...boxes,
  );
}

/** In the middle of the height that the longest column has. */
function placeAll(boxes, { x, width }, rows) {
  const first = ((rows - boxes.length) * ROW) / 2;
  return boxes.map((box, index) => ({ ...box, x, width, y: first + index * ROW }));
}

function drawLink(from, to, kind, isBroken = false) {
  const [x1, y1] = [from.x + from.width, from.y + BOX / 2];
  const [x2, y2] = [to.x, to.y + BOX / 2];
  const bend = (x1 + x2) / 2;
  const path = `M${x1},${y1} C${bend},${y1} ${bend},${y2} ${x2},${y2}`;
  return draw('path', { class: isBroken ? `${kind} broken` : kind, d: path });
}

function drawBox({ title, detail, guid, x, y, width }, kind) {
  const center = x + width / 2;
  const box = draw(
    'g',
    { class: kind },
    draw('rect', { x, y, width, height: BOX, rx: 6 }),
    drawText(title, center, y + (detail ? 13 : 20), 'title'),
  );
  if (guid) box.dataset.guid = guid;
  if (!detail) return box;
  const name = draw('title');
  name.textContent = detail;
  box.append(name, drawText(shorten(detail, Math.floor(width / LETTER)), center, y + 26, 'detail'));
  return box;
}

function drawText(content, x, y, kind) {
  const text = draw('text', { class: kind, x, y });
  text.textContent = content;
  return text;
}

/** Both ends of an address tell more than its middle. */
function shorten(text, length) {
  if (text.length <= length) return text;
  const tail = Math.min(Math.floor(length / 2), 10);
  return `${text.slice(0, length - tail - 1)}…${text.slice(-tail)}`;
}

function summarize({ isAway, left, center, right }) {
  const servers = formatList(center.map(({ title, detail }) => `${title} ${detail}`));
  const link = isAway ? 'cannot reach' : 'use';
  const around = right.map(({ title, detail }) => `${title} ${detail}`);
  const beside = around.length > 0 ? ` Beside: ${formatList(around)}.` : '';
  return `${formatList(left.map(({ title }) => title))} ${link} ${servers}.${beside}`;
}
