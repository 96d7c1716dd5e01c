/** Facts with their names, and the one about Redis that several parts of the page need. */
import { create, setText, syncList } from './elements.js';

/** A Redis that is away neither works nor describes itself; one that refuses INFO may work. */
export function isAway({ works, error }) {
  return !works && error !== null;
}

/** Facts are pairs of a name and a function that reads a subject; what it does not have is left out. */
export function showFacts(list, facts, subject) {
  const rows = facts
    .map(([name, read]) => ({ name, value: read(subject) }))
    .filter(({ value }) => value !== null && value !== undefined);
  syncList(list, rows, {
    keyOf: ({ name }) => name,
    create: ({ name }) => create('div', {}, create('dt', { textContent: name }), create('dd')),
    update: (row, { value }) => setText(row.lastChild, String(value)),
  });
}
