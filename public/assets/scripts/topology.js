/** A drawing of who talks to whom: the app's instances, the Redis servers, and those around them. */
import { isAway } from './facts.js';
import { draw } from './elements.js';
import { formatAddress } from './format.js';
import { words } from './words.js';

const WIDTH = 320;
const ROW = 40;
const BOX = 32; // its height
const LETTER = 6.2; // the width of most
/** More of them are drawn fainter, not to be a thicket. */
const MANY_LINKS = 12;
/** Replicas are to be heard of every second. */
const LONGEST_LAG = 5; // seconds
/** A server that is gone is drawn for so long. */
const DEAD_FOR = 60_000; // milliseconds
const SIDES = {
  left: { x: 0, width: 62 },
  center: { x: 88, width: 114 },
  wideCenter: { x: 150, width: 140 },
  right: { x: 226, width: 94 },
};

export function mountTopology(element) {
  const seen = new Map(); // when each address was listed last
  let drawn = '';

  /** Only a Redis of several servers is drawn, and only when something has changed that can be seen. */
  return function show(redis) {
    const plan =
      redis.nodes && redis.topology !== 'standalone' ? planOf(redis, listDead(redis)) : null;
    const text = JSON.stringify(plan);
    if (text === drawn) return;
    drawn = text;
    element.replaceChildren(...(plan ? [drawPlan(plan)] : []));
  };

  /**
   * Returns the servers that Redis has listed, and lists no more. Nothing is known of a replica whose
   * primary does not answer.
   */
  function listDead({ server }) {
    const now = performance.now();
    if (!server) return [];
    const primaries = server.primaries.map(formatAddress);
    for (const address of primaries) seen.set(address, { at: now });
    for (const { primary, ...address } of server.replicas)
      seen.set(formatAddress(address), { at: now, primary: formatAddress(primary) });
    return [...seen]
      .filter(
        ([, { at, primary }]) =>
          at < now && now - at < DEAD_FOR && (!primary || primaries.includes(primary)),
      )
      .map(([address]) => address);
  }
}

/** What is to be drawn: boxes in three columns. Nothing is in it that the binding or Redis did not tell. */
function planOf(redis, dead) {
  return {
    isAway: isAway(redis),
    left: [{ title: words.topology.app }],
    center: planServers(redis),
    right: [
      ...planReplicas(redis),
      ...dead.map((detail) => ({ title: words.topology.dead, detail, isDead: true })),
      ...planSentinels(redis),
      ...planReader(redis),
    ],
  };
}

/** While Redis is away, those of the binding: Sentinels are dialled first, but are not the servers. */
function planServers({ topology, nodes, masterName, server }) {
  if (server) {
    const title = words.topology[server.role] ?? words.topology.redis;
    return server.primaries.map((primary) => ({ title, detail: formatAddress(primary) }));
  }
  if (topology === 'sentinel') return [{ title: words.topology.primary, detail: masterName }];
  const title = topology === 'cluster' ? words.topology.node : words.topology.redis;
  return nodes.map((node) => ({ title, detail: formatAddress(node) }));
}

function planReplicas({ server }) {
  return (server?.replicas ?? []).map(({ primary, state, lag, ...address }) => ({
    title: words.topology.replica,
    detail: formatAddress(address),
    of: formatAddress(primary),
    isWell: state === 'online' && !(lag > LONGEST_LAG),
    link: 'copies',
  }));
}

function planSentinels({ topology, nodes }) {
  if (topology !== 'sentinel') return [];
  return nodes.map((node) => ({
    title: words.topology.sentinel,
    detail: formatAddress(node),
    link: 'watches',
  }));
}

function planReader({ reader }) {
  return reader
    ? [{ title: words.topology.reader, detail: formatAddress(reader), link: 'watches' }]
    : [];
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
    ...others.map((box) => drawBox(box, box.isDead ? 'dead' : isAway ? 'other away' : 'other')),
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

function drawBox({ title, detail, x, y, width }, kind) {
  const center = x + width / 2;
  const box = draw(
    'g',
    { class: kind },
    draw('rect', { x, y, width, height: BOX, rx: 6 }),
    drawText(title, center, y + (detail ? 13 : 20), 'title'),
  );
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
  const name = ({ title, detail }) => [title, detail].filter(Boolean).join(' ');
  const [app] = left.map(name);
  return words.topology.summary(app, isAway, center.map(name), right.map(name));
}
