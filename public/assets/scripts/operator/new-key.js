/** The form for a new key of any type, with its first element. */
import { create } from '../elements.js';
import { entryFields, TYPES } from './entry.js';
import * as parts from './parts.js';
import { operator as words } from '../words.js';

export function openNewKey({ send, say }) {
  const problem = parts.fault();
  const element = create('div', { className: 'fields' });
  const types = parts.select(
    'type',
    TYPES.map((type) => [type, words.types[type]]),
  );
  types.addEventListener('change', showFields);
  showFields();
  const cancel = parts.button(words.cancel, () => dialog.close());

  const dialog = parts.openDialog(
    words.newKey,
    parts.form(
      make,
      parts.field(words.key, parts.input('key', { required: true })),
      parts.field(words.type, types),
      element,
      parts.field(
        words.ttlOptional,
        parts.input('ttl', { inputMode: 'numeric', pattern: '[1-9][0-9]*' }),
      ),
      problem,
      create(
        'div',
        { className: 'buttons' },
        cancel,
        parts.submit(words.make, { className: 'primary' }),
      ),
    ),
  );

  function showFields() {
    element.replaceChildren(...entryFields(types.value));
  }

  async function make({ key, ttl, ...fields }) {
    const body = ttl === '' ? fields : { ...fields, ttl };
    const segment = toSegment(key);
    const { problem: why } = await send('PUT', `/operator/keys/${segment}`, body);
    problem.textContent = why ?? '';
    if (why) return;
    dialog.close();
    say(words.made(key));
    location.hash = `#keys/${segment}`;
  }
}

/** Dots alone would be taken as directories. */
export function toSegment(text) {
  return encodeURIComponent(text).replaceAll('.', '%2E');
}
