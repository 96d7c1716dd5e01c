/** One key as its primary and each of its replicas have it, side by side. */
import { create } from '../elements.js';
import { formatSeconds } from '../format.js';
import * as parts from './parts.js';
import { showElements, showText } from './value.js';
import { operator as words } from '../words.js';

export async function openCopies({ send, signal }, path) {
  const { json, problem } = await send('GET', `${path}/copies`);
  if (signal.aborted) return;
  const copies = json?.error ? [] : (json ?? []);
  const close = create('form', { method: 'dialog' }, parts.row(parts.submit(words.close)));
  const dialog = parts.openDialog(
    words.copies,
    parts.note(problem ?? words.comparison(copies.length, areSame(copies))),
    create('div', { className: 'copies' }, ...copies.map(showCopy)),
    close,
  );
  dialog.classList.add('broad');
}

function showCopy(copy) {
  const { role, node, problem } = copy;
  const title = create('h3', {}, `${words.roles[role]} `, create('small', { textContent: node }));
  if (problem) return create('div', {}, title, parts.fault(problem));
  const { type, ttl, length } = copy;
  return create(
    'div',
    {},
    title,
    parts.facts([
      [words.expires, ttl === null ? words.never : words.inTime(formatSeconds(1000 * ttl))],
      [words.size, length === null ? null : words.length(type, length)],
    ]),
    copy.value !== undefined ? showText(copy.value, null) : showElements(copy, null),
  );
}

/** By what is shown of them; the seconds left may differ by one. */
export function areSame(copies) {
  const [first, ...others] = copies.map(({ type, length, value, elements, problem }) =>
    JSON.stringify([type, length, value, elements, problem]),
  );
  return others.every((other) => other === first);
}
