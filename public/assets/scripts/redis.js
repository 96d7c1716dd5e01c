/** The facts of the Redis connection, asked for again and again. */
import { showFacts, showState } from './facts.js';

const INTERVAL = 2000; // milliseconds

const FACTS = [
  [
    'Service',
    ({ service, label, plan }) => service && [service, label, plan].filter(Boolean).join(' · '),
  ],
  ['Topology', ({ topology }) => topology],
  ['Nodes', ({ nodes }) => nodes?.map(formatAddress).join(', ')],
  ['Master name', ({ masterName }) => masterName],
  ['Reader', ({ reader }) => reader && formatAddress(reader)],
  ['TLS', ({ tls }) => (tls === null ? null : tls ? 'yes' : 'no')],
  ['User name', ({ username }) => username],
  ['Database', ({ database }) => database],
  ['Version', ({ server }) => server?.version],
  ['Role', ({ server }) => server?.role],
  ['Memory', ({ server }) => server && formatMemory(server)],
];

/** Keeps the section and the name of the instance up to date for as long as the page is open. */
export function mountRedis(section, instance) {
  const state = section.querySelector('[data-state]');
  const facts = section.querySelector('[data-facts]');
  refresh();

  async function refresh() {
    try {
      const response = await fetch('/', { headers: { Accept: 'application/json' } });
      const { app, redis } = await response.json();
      instance.textContent = `${app.name} ${response.headers.get('X-App-Instance')}`;
      showState(state, ...stateOf(redis));
      showFacts(facts, FACTS, redis);
    } catch {
      showState(state, 'bad', 'The app does not answer.');
    }
    setTimeout(refresh, INTERVAL);
  }
}

function stateOf({ bound, error }) {
  if (error) return ['bad', error];
  return bound ? ['good', 'Connected'] : ['bad', 'No Redis service is bound to this app.'];
}

function formatAddress({ host, port }) {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function formatMemory({ usedMemory, maxMemory }) {
  const used = formatMegabytes(usedMemory);
  return maxMemory ? `${used} of ${formatMegabytes(maxMemory)}` : `${used}, without a limit`;
}

function formatMegabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
