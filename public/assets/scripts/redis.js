/** The Redis service: whether it works, what matters about it, and all else behind "Details". */
import { create, finder, setText } from './elements.js';
import { showFacts } from './facts.js';
import {
  formatAddress,
  formatBytes,
  formatMilliseconds,
  formatNumber,
  formatPercent,
  formatTime,
} from './format.js';
import { mountTopology } from './topology.js';
import { words } from './words.js';

const { labels } = words;

const PROBE = [
  ['PUT', ({ times }) => formatMilliseconds(times?.set)],
  ['GET', ({ times }) => formatMilliseconds(times?.get)],
  ['DELETE', ({ times }) => formatMilliseconds(times?.del)],
];

/** These keep their places while Redis is away. */
const FACTS = [
  [labels.version, ({ server }) => server?.version ?? '–'],
  [labels.memory, ({ server }) => (server ? formatMemory(server) : '–')],
  [
    labels.full,
    ({ server }) => (server?.evictionPolicy ? words.whenFull(server.evictionPolicy) : '–'),
  ],
];

const DETAILS = [
  [labels.service, ({ service }) => service],
  [labels.offering, ({ service, label }) => (label === service ? null : label)],
  [labels.plan, ({ plan }) => plan],
  [labels.topology, ({ topology }) => topology && words.kind(topology)],
  [labels.nodes, ({ nodes }) => nodes?.map(formatAddress).join(', ')],
  [labels.masterName, ({ masterName }) => masterName],
  [labels.reader, ({ reader }) => reader && formatAddress(reader)],
  [labels.readsFrom, ({ readsFrom }) => readsFrom && words.role(readsFrom)],
  [labels.tls, ({ tls }) => (tls === null ? null : tls ? words.yes : words.no)],
  [labels.userName, ({ username }) => username],
  [labels.database, ({ database }) => database],
  [labels.role, ({ server }) => (server?.role ? words.role(server.role) : '–')],
  [labels.clients, ({ server }) => formatNumber(server?.clients)],
  [labels.commands, ({ server }) => formatNumber(server?.commandsPerSecond)],
  [labels.hits, ({ server }) => formatPercent(server?.hitRate)],
  [labels.lastFailover, ({ lastFailover }) => lastFailover && formatFailover(lastFailover)],
  [labels.lastSave, ({ server }) => formatLastSave(server)],
];

export function mountRedis(section, dialog) {
  const find = finder(section);
  const showTopology = mountTopology(find('topology'));

  find('details').addEventListener('click', () => dialog.showModal());

  return { show };

  function show(redis) {
    const { works, problem, warning } = redis;
    section.dataset.state = works ? 'good' : 'bad';
    setText(find('verdict'), works ? words.works : words.worksNot);
    find('state').hidden = works;
    setText(find('state'), works ? '' : (problem ?? ''));
    find('warning').hidden = !warning;
    setText(find('warning'), warning ?? '');
    find('details').hidden = !redis.bound;
    if (!redis.bound) return;
    showFacts(find('probe'), PROBE, redis);
    showFacts(find('facts'), FACTS, redis);
    const replicas = (redis.server?.replicas ?? []).map((replica) => [
      labels.replica(formatAddress(replica)),
      () => words.replica(replica),
    ]);
    if (dialog.open) showFacts(finder(dialog)('facts'), [...DETAILS, ...replicas], redis);
    showTopology(redis);
  }
}

function formatMemory({ usedMemory, maxMemory }) {
  return words.memory(formatBytes(usedMemory), maxMemory ? formatBytes(maxMemory) : null);
}

function formatFailover(failover) {
  return words.failover({ ...failover, at: formatTime(failover.at) });
}

function formatLastSave(server) {
  if (!server) return '–';
  return server.lastSave ? formatTime(server.lastSave) : words.noSave;
}
