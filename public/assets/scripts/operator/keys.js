/** The list of keys by pages, with a filter and a tree of prefixes beside it. */
import { create } from '../elements.js';
import { formatNumber, formatSeconds, formatSize } from '../format.js';
import { TYPES } from './entry.js';
import { openNewKey } from './new-key.js';
import { readPage } from './pages.js';
import * as parts from './parts.js';
import { openDeleteMatching } from './sweeps.js';
import { showTree } from './tree.js';
import { operator as words } from '../words.js';

export function showKeys(context) {
  const { send, say, query, signal } = context;
  const [match, type] = [query.get('match') ?? '', query.get('type') ?? ''];
  const title = parts.heading(words.sections.keys);
  const problem = parts.fault();
  const summary = parts.note(words.reading);
  const lacks = create('div');
  const rows = create('div', { className: 'rows' });
  const next = parts.button(words.nextPage, () => read(next.cursor), { hidden: true });
  const remove = parts.button(words.deleteChosen, deleteChosen, { disabled: true });
  rows.addEventListener('change', () => (remove.disabled = listChosen().length === 0));
  void read(null);

  return [
    create(
      'section',
      {},
      create('div', { className: 'top' }, title, parts.row(...showActions())),
      create(
        'div',
        { className: 'split' },
        showTree(context),
        create(
          'div',
          {},
          showFilter(match, type),
          problem,
          summary,
          lacks,
          rows,
          create('div', { className: 'row below' }, next, remove),
        ),
      ),
    ),
  ];

  function showActions() {
    const isBound = match === '' || match.startsWith('*');
    return [
      parts.button(words.newKey, () => openNewKey(context)),
      parts.button(words.deleteMatching, () =>
        openDeleteMatching(context, { match: isBound ? '' : match, type }, () => read(null)),
      ),
    ];
  }

  async function read(cursor) {
    const asked = { name: 'keys', query: { match, type }, cursor };
    const { page, problem: why } = await readPage(context, '/operator/keys', asked);
    if (signal.aborted) return;
    problem.textContent = why ?? '';
    summary.textContent = page ? words.pageOfKeys(page) : '';
    if (!page) return;
    say(summary.textContent);
    lacks.replaceChildren(...page.lacks.map((text) => parts.note(text)));
    next.cursor = page.cursor;
    next.hidden = page.cursor === null;
    remove.disabled = true;
    rows.replaceChildren(...(page.keys.length > 0 ? [tableOf(page.keys)] : []));
  }

  function tableOf(keys) {
    const hasSlots = keys.some(({ slot }) => slot !== null);
    const headings = words.keyHeadings.slice(0, hasSlots ? undefined : -2);
    return parts.table(
      words.sections.keys,
      headings,
      keys.map((key) => cellsOf(key).slice(0, headings.length)),
    );
  }

  function listChosen() {
    return [...rows.querySelectorAll('input:checked')].map((box) => box.shown);
  }

  async function deleteChosen() {
    const keys = listChosen();
    const names = keys.map(parts.toText).join(', ').slice(0, 500);
    if (!(await parts.confirm(words.deleteKeys(keys.length), names, words.delete))) return;
    const { json, problem: why } = await send('POST', '/operator/delete', { keys });
    await read(null);
    parts.catchFocus(title);
    if (why) problem.textContent = why;
    else say(words.deleted(json.deleted));
  }
}

function showFilter(match, type) {
  const types = [['', words.anyType], ...TYPES.map((each) => [each, words.types[each]])];
  return parts.form(
    (fields) => {
      const chosen = Object.entries(fields).filter(([, value]) => value !== '');
      location.hash = chosen.length > 0 ? `#keys?${new URLSearchParams(chosen)}` : '#keys';
    },
    parts.row(
      parts.field(
        words.pattern,
        parts.input('match', { value: match, placeholder: 'user:*', maxLength: 256 }),
      ),
      parts.field(words.type, parts.select('type', types, type)),
      parts.submit(words.search, { className: 'primary' }),
    ),
  );
}

function cellsOf({ key, path, type, ttl, memory, length, slot, node }) {
  return [
    nameOf(key, path),
    words.types[type] ?? type,
    ttl === null ? null : formatSeconds(1000 * ttl),
    memory === null ? null : formatSize(memory),
    length === null ? null : words.length(type, length),
    slot === null ? null : formatNumber(slot),
    node,
  ];
}

function nameOf(key, path) {
  const isChoosable = parts.isWhole(key);
  const box = create('input', { type: 'checkbox', disabled: !isChoosable, shown: key });
  box.ariaLabel = words.choose(parts.toText(key));
  const name = parts.bytes(key);
  const link = path && create('a', { href: `#keys/${path.split('/')[3]}` }, name);
  return create('span', { className: 'name' }, box, link ?? name);
}
