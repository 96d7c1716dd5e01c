/** What is before the next colon of the keys' names, with the number of keys and their memory. */
import { create } from '../elements.js';
import { formatNumber, formatSize } from '../format.js';
import * as parts from './parts.js';
import { operator as words } from '../words.js';

export function showTree({ send, query, signal }) {
  const prefix = query.get('prefix') ?? '';
  const list = create('ul');
  const hint = parts.note(words.reading);
  void read();

  return create(
    'nav',
    { className: 'tree', ariaLabel: words.prefixes },
    create('h3', { textContent: words.prefixes }),
    showWay(prefix),
    list,
    hint,
  );

  async function read() {
    const { json, problem } = await send(
      'GET',
      `/operator/tree?${new URLSearchParams({ prefix })}`,
    );
    if (signal.aborted) return;
    hint.textContent = problem ?? words.treeOf(json);
    const branches = json?.branches?.filter(({ path }) => path === null) ?? [];
    list.append(...branches.map(showBranch));
  }
}

/** Links to all prefixes above this one. */
function showWay(prefix) {
  const steps = prefix.split(':').slice(0, -1);
  const links = steps.map((step, i) => linkTo(steps.slice(0, i + 1).join(':') + ':', `${step}:`));
  return create(
    'p',
    { className: 'way' },
    create('a', { href: '#keys', textContent: words.all }),
    ...links,
  );
}

function showBranch({ prefix, keys, memory }) {
  const name = typeof prefix === 'string' ? linkTo(prefix, prefix) : parts.bytes(prefix);
  const size = memory === null ? '' : ` · ${formatSize(memory)}`;
  return create('li', {}, name, create('small', { textContent: `${formatNumber(keys)}${size}` }));
}

function linkTo(prefix, text) {
  const match = `${prefix.replaceAll(/[*?[\]\\^-]/g, '\\$&')}*`;
  const href = `#keys?${new URLSearchParams({ match, prefix })}`;
  return create('a', { href }, create('code', { textContent: text }));
}
