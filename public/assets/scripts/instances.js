/** A card for each running instance, with its load. */
import { createChart, createSeries, roundUp, updateChart } from './chart.js';
import { create, finder, setText, syncList } from './elements.js';
import { showFacts, showState } from './facts.js';
import {
  formatCores,
  formatMeasure,
  formatMemory,
  formatMilliseconds,
  formatTime,
  shortGuid,
} from './format.js';

const FACTS = [
  ['Requests', ({ requestsPerSecond }) => `${formatMeasure(requestsPerSecond)}/s`],
  ['p95', ({ p95 }) => formatMilliseconds(p95)],
  ['Loop lag', ({ eventLoopLag }) => formatMilliseconds(eventLoopLag)],
  ['Since', ({ startedAt }) => formatTime(startedAt)],
];

/** What an instance uses of its limits, as text and as a share. */
const USES = [
  ['Memory', ({ memory, memoryLimit }) => formatMemory(memory, memoryLimit)],
  ['CPU', ({ cpu, cpuLimit }) => formatCores(cpu, cpuLimit)],
];
const SHARES = [
  ({ memory, memoryLimit }) => memory / memoryLimit,
  ({ cpu, cpuLimit }) => cpu / cpuLimit,
];

export function mountInstances(section) {
  const find = finder(section);
  const series = new Map(); // by GUID
  let running = [];
  let latest = null;
  let isAway = false;

  return { show, showAway, showUnbound, markLatest };

  function show(list) {
    running = list;
    collect();
    const top = roundUp(Math.max(...[...series.values()].map(({ highest }) => highest())));
    syncList(find('cards'), list, {
      keyOf: ({ guid }) => guid,
      create: createCard,
      update: (card, instance) => updateCard(card, instance, series.get(instance.guid), top),
    });
    setText(find('legend'), describeCharts(top));
    setText(find('total'), describeTotal(list));
    find('legend').hidden = find('total').hidden = list.length === 0;
    mark();
    showCount();
  }

  function collect() {
    for (const guid of series.keys()) {
      if (!running.some((instance) => instance.guid === guid)) series.delete(guid);
    }
    for (const { guid, requestsPerSecond } of running) {
      if (!series.has(guid)) series.set(guid, createSeries());
      series.get(guid).add(requestsPerSecond);
    }
  }

  /** The cards stay as they were measured last. */
  function showAway(value) {
    if (isAway === value) return;
    isAway = value;
    section.classList.toggle('stale', isAway);
    showCount();
  }

  function showCount() {
    if (isAway) return showState(find('state'), 'bad', STALE);
    if (running.length === 0) return;
    const text = running.length === 1 ? '1 instance runs' : `${running.length} instances run`;
    showState(find('state'), 'good', text);
  }

  function showUnbound() {
    showState(find('state'), '', 'Instances know of each other through Redis, and none is bound.');
  }

  function markLatest(instance) {
    latest = instance;
    mark();
  }

  function mark() {
    for (const card of find('cards').children) {
      card.classList.toggle('latest', shortGuid(card.dataset.key) === latest?.guid);
    }
  }
}

const STALE = 'Not measured at the moment: these are the last values.';

/** What scaling out is for: it rises with each instance under load. */
function describeTotal(list) {
  const total = list.reduce((sum, { requestsPerSecond }) => sum + (requestsPerSecond ?? 0), 0);
  return `Together they answer ${formatMeasure(total)} requests/s.`;
}

function describeCharts(top) {
  return `Charts: requests per second over the last minute, from 0 to ${top}. “Latest” has answered this browser last.`;
}

function createCard({ index, guid }) {
  const name = create('h3', { textContent: `Instance ${index}` });
  const details = create('small', { textContent: shortGuid(guid) });
  const badge = create('span', { className: 'badge', textContent: 'Latest' });
  return create(
    'li',
    {},
    name,
    details,
    badge,
    createChart(),
    create('dl', { className: 'facts' }),
    create('dl', { className: 'uses' }),
  );
}

function updateCard(card, instance, series, top) {
  updateChart(card.querySelector('.chart'), series, top);
  showFacts(card.querySelector('.facts'), FACTS, instance);
  showUses(card.querySelector('.uses'), instance);
}

/** The style sheet draws a bar for a share; there is none without a limit. */
function showUses(list, instance) {
  showFacts(list, USES, instance);
  SHARES.forEach((read, index) => {
    const share = read(instance);
    list.children[index].style.setProperty('--share', Number.isFinite(share) ? share : '');
  });
}
