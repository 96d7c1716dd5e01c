/** The Redis service: how it is reached, how it is, and a drawing of it. */
import { create, finder, setText, syncList } from './elements.js';
import { showFacts, showState } from './facts.js';
import { formatAddress, formatBytes, formatNumber, formatPercent, formatTime } from './format.js';
import { mountTopology } from './topology.js';

/** These keep their places while Redis is away. */
const TILES = [
  ['Version', ({ server }) => server?.version ?? '–'],
  ['Role', ({ server }) => server?.role ?? '–'],
  ['Clients', ({ server }) => formatNumber(server?.clients)],
  ['Commands/s', ({ server }) => formatNumber(server?.commandsPerSecond)],
  ['Hit rate', ({ server }) => formatPercent(server?.hitRate)],
  ['Replicas', ({ server }) => formatNumber(server?.replicas.length)],
];

const FACTS = [
  ['Service', ({ service }) => service],
  ['Offering', ({ service, label }) => (label === service ? null : label)],
  ['Plan', ({ plan }) => plan],
  ['Topology', ({ topology }) => topology],
  ['Nodes', ({ nodes }) => nodes?.map(formatAddress).join(', ')],
  ['Master name', ({ masterName }) => masterName],
  ['Reader', ({ reader }) => reader && formatAddress(reader)],
  ['Reads from', ({ readsFrom }) => readsFrom],
  ['TLS', ({ tls }) => (tls === null ? null : tls ? 'yes' : 'no')],
  ['User name', ({ username }) => username],
  ['Eviction', ({ server }) => server?.evictionPolicy],
  ['Database', ({ database }) => database],
  ['Last failover', ({ lastFailover }) => lastFailover && formatFailover(lastFailover)],
  ['Last save', ({ bound, server }) => (bound ? formatLastSave(server) : null)],
];

export function mountRedis(section) {
  const find = finder(section);
  const topology = mountTopology(find('topology'));

  return { show, showInstances: topology.showInstances, markLatest: topology.markLatest };

  function show(redis) {
    showState(find('state'), ...stateOf(redis));
    find('warning').hidden = !redis.warning;
    setText(find('warning'), redis.warning ?? '');
    find('tiles').hidden = !redis.bound;
    showFacts(find('tiles'), TILES, redis);
    showFacts(find('facts'), FACTS, redis);
    showMemory(redis);
    showReplicas(redis.server?.replicas ?? []);
    topology.show(redis);
  }

  function showMemory({ bound, server }) {
    find('memory').hidden = !bound;
    const { usedMemory, maxMemory } = server ?? {};
    setText(find('memory-text'), server ? formatMemory(usedMemory, maxMemory) : '–');
    const meter = find('memory-meter');
    meter.hidden = maxMemory === 0;
    meter.ariaHidden = String(!maxMemory);
    meter.firstElementChild.style.inlineSize = `${maxMemory ? (100 * usedMemory) / maxMemory : 0}%`;
    if (!maxMemory) return;
    meter.ariaValueMax = maxMemory;
    meter.ariaValueNow = usedMemory;
    meter.ariaValueText = formatMemory(usedMemory, maxMemory);
  }

  function showReplicas(replicas) {
    find('replicas').hidden = replicas.length === 0;
    syncList(find('replica-list'), replicas, {
      keyOf: formatAddress,
      create: (replica) =>
        create('li', {}, create('span', { textContent: formatAddress(replica) }), create('span')),
      update: (item, replica) => setText(item.lastChild, formatReplica(replica)),
    });
  }
}

function stateOf({ works, problem }) {
  return works ? ['good', 'Redis works'] : ['bad', `Redis does not work: ${problem}`];
}

function formatReplica({ state, lag, behind }) {
  const heard = lag > 1 ? `, silent for ${lag} s` : '';
  return `${state}, ${formatNumber(behind)} bytes behind${heard}`;
}

function formatFailover({ at, from, to }) {
  return `${formatTime(at)}, from ${from} to ${to}`;
}

function formatLastSave(server) {
  if (!server) return '–';
  return server.lastSave ? formatTime(server.lastSave) : 'none yet';
}

function formatMemory(used, limit) {
  return limit ? `${formatBytes(used)} of ${formatBytes(limit)}` : `${formatBytes(used)}, no limit`;
}
