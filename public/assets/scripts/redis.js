/** The facts of the Redis connection, asked for again and again. */

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
      showState(redis);
      facts.replaceChildren(...FACTS.flatMap(([name, read]) => describe(name, read(redis))));
    } catch {
      show('bad', 'The app does not answer.');
    }
    setTimeout(refresh, INTERVAL);
  }

  function showState({ bound, error }) {
    if (error) show('bad', error);
    else if (bound) show('good', 'Connected');
    else show('bad', 'No Redis service is bound to this app.');
  }

  /** Said anew only when it changes, as a screen reader reads it out. */
  function show(mood, text) {
    state.dataset.state = mood;
    if (state.textContent !== text) state.textContent = text;
  }
}

function describe(name, value) {
  if (value === null || value === undefined) return [];
  const term = document.createElement('dt');
  const description = document.createElement('dd');
  term.textContent = name;
  description.textContent = value;
  return [term, description];
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
