/** The last minutes of Redis as small charts, from the stream of news that the app's page has as well. */
import { create, draw, setText } from '../elements.js';
import { parseJson } from '../json.js';
import { formatMeasure, formatNumber, formatPercent, formatSize } from '../format.js';
import { operator as words } from '../words.js';

const WINDOW = 5 * 60 * 1000; // milliseconds
/** After a longer silence, the line is broken. */
const GAP = 5000; // milliseconds
const [WIDTH, HEIGHT] = [300, 60];

const { charts: says } = words;
const CHARTS = [
  [says.commands, ({ commandsPerSecond }) => commandsPerSecond, formatNumber],
  [says.hits, ({ hitRate }) => hitRate, formatPercent],
  [says.memory, ({ usedMemory }) => usedMemory, formatSize],
  [says.clients, ({ clients }) => clients, formatNumber],
  [says.behind, ({ replicas }) => worst(replicas, 'behind'), formatSize],
  [
    says.lag,
    ({ replicas }) => worst(replicas, 'lag'),
    (seconds) => says.seconds(formatMeasure(seconds)),
  ],
];

/** `samples` stay from visit to visit. `signal` ends the stream; a hidden page has none. */
export function mountCharts(place, note, { samples, signal }) {
  if (document.body.dataset.diagnostics === 'closed') return setText(note, says.closed);
  const charts = CHARTS.map((chart) => createChart(...chart));
  let source = null;
  place.append(...charts.map(({ element }) => element));
  update();
  open();
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()), {
    signal,
  });
  signal.addEventListener('abort', close);

  function open() {
    source = new EventSource('/instances/events');
    source.addEventListener('redis', ({ data }) => add(parseJson(data)));
    source.addEventListener('error', () => setText(note, says.away));
  }

  function close() {
    source?.close();
  }

  function add({ topology, server, error }) {
    setText(note, error ?? (topology === 'cluster' ? says.oneOfCluster : ''));
    if (!server) return;
    const now = Date.now();
    while (samples.length > 0 && samples[0].at < now - WINDOW) samples.shift();
    samples.push({ at: now, ...server });
    update();
  }

  function update() {
    for (const chart of charts) chart.update(samples);
  }
}

function createChart(name, read, format) {
  const value = create('strong');
  const most = create('small');
  const area = draw('path', { class: 'area' });
  const line = draw('path', { class: 'line' });
  const svg = draw(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' },
    area,
    line,
  );
  const caption = create('figcaption', {}, create('span', { textContent: name }), value);
  return { element: create('figure', {}, caption, svg, most), update };

  function update(samples) {
    const points = samples.map((sample) => [sample.at, read(sample)]).filter(([, y]) => y !== null);
    const last = points.at(-1)?.[1] ?? null;
    const top = Math.max(...points.map(([, y]) => y), 0);
    setText(value, last === null ? words.nothing : format(last));
    setText(most, last === null ? '' : says.most(format(top)));
    svg.setAttribute('aria-label', says.summary(name, value.textContent, most.textContent));
    const runs = listRuns(points).map((run) => run.map(([at, y]) => place(at, y, top)));
    line.setAttribute('d', runs.map((run) => `M${run.join('L')}`).join(''));
    area.setAttribute('d', runs.map(fillBelow).join(''));
  }
}

/** From the left edge five minutes ago to the right edge now; the highest value at the top. */
function place(at, y, top) {
  const x = WIDTH * (1 - (Date.now() - at) / WINDOW);
  return [x.toFixed(1), (HEIGHT - 2 - (top > 0 ? y / top : 0) * (HEIGHT - 6)).toFixed(1)];
}

function fillBelow(run) {
  return `M${run[0][0]},${HEIGHT}L${run.join('L')}L${run.at(-1)[0]},${HEIGHT}Z`;
}

/** Points that follow each other closely. */
export function listRuns(points) {
  const runs = [];
  let last = -Infinity;
  for (const point of points) {
    if (point[0] - last > GAP) runs.push([]);
    runs.at(-1).push(point);
    last = point[0];
  }
  return runs;
}

/** Returns null where there is no replica. */
function worst(replicas, name) {
  const values = replicas.map((replica) => replica[name]).filter((value) => value !== null);
  return values.length > 0 ? Math.max(...values) : null;
}
