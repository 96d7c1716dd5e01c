/** A page of a value: a text, or a table of elements. */
import { create } from '../elements.js';
import * as parts from './parts.js';
import { operator as words } from '../words.js';

/** What names an element when it is removed, and the columns of its table. */
const TYPES = {
  list: { columns: ['index', 'value'], removedBy: 'value' },
  hash: { columns: ['field', 'value'], removedBy: 'field' },
  set: { columns: ['value'], removedBy: 'value' },
  zset: { columns: ['value', 'score'], removedBy: 'value' },
  stream: { columns: ['id', 'fields'], removedBy: 'id' },
};

/** `save` stores another text; null where only a part of it is shown. */
export function showText(value, save) {
  if (!save || typeof value !== 'string')
    return parts.scroller(words.value, create('pre', {}, parts.bytes(value)));
  const area = create('textarea', { name: 'value', rows: 6, spellcheck: false, value });
  return parts.form(
    (fields) => save(fields.value.replaceAll('\r\n', '\n')),
    parts.field(words.value, area),
    parts.row(parts.submit(words.save)),
  );
}

/** `remove` is called with what names the element; without it, the table has no buttons. */
export function showElements({ type, elements }, remove) {
  const { columns, removedBy } = TYPES[type];
  const headings = columns.map((name) => words.fields[name]);
  const rows = elements.map((element) => [
    ...columns.map((name) => showPart(element[name])),
    ...(remove ? [createRemoval(element[removedBy])] : []),
  ]);
  return parts.table(words.value, remove ? [...headings, ''] : headings, rows);

  function createRemoval(name) {
    if (!parts.isWhole(name)) return '';
    return parts.button(words.remove, () => remove({ [removedBy]: name }), {
      className: 'quiet',
      ariaLabel: words.removeOne(parts.toText(name).slice(0, 40)),
    });
  }
}

/** A stream's entry has several fields and values. */
function showPart(part) {
  if (typeof part === 'number') return String(part);
  if (!Array.isArray(part)) return parts.bytes(part);
  const pairs = Array.from({ length: part.length / 2 }, (_, i) => part.slice(2 * i, 2 * i + 2));
  return parts.facts(pairs.map(([field, value]) => [parts.bytes(field), parts.bytes(value)]));
}
