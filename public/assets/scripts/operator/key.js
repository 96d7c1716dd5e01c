/** One key: what is known of it, its value by pages, what may be changed, and its copies. */
import { create } from '../elements.js';
import { formatNumber, formatSeconds, formatSize } from '../format.js';
import { openCopies } from './copies.js';
import { entryFields } from './entry.js';
import * as parts from './parts.js';
import { showElements, showText } from './value.js';
import { operator as words } from '../words.js';

/** The status of a key that is there, and whose value cannot be shown: it can be deleted all the same. */
const TOO_LARGE = 409;

export function showKey(context) {
  const { send, say, argument, signal } = context;
  const path = `/operator/keys/${argument}`;
  const problem = parts.fault();
  const title = parts.heading(words.reading);
  const about = create('div');
  const value = create('div', { className: 'value' });
  const next = parts.button(words.nextPage, () => read(next.cursor), { hidden: true });
  const changes = create('div', { className: 'changes' });
  void read(null);

  return [
    create(
      'section',
      {},
      create(
        'p',
        { className: 'way' },
        create('a', { href: '#keys', textContent: words.backToKeys }),
      ),
      title,
      problem,
      about,
      value,
      parts.row(next),
      changes,
    ),
  ];

  /** With `keepsValue`, what the operator has begun to write into the value stays. */
  async function read(cursor, keepsValue = false) {
    const query = cursor === null ? '' : `?${new URLSearchParams({ cursor })}`;
    const { status, json, problem: why } = await send('GET', `${path}${query}`);
    if (signal.aborted) return;
    problem.textContent = why ?? '';
    if (why) {
      title.textContent = toName(argument);
      for (const part of [about, value, changes]) part.replaceChildren();
      changes.offer = null;
      next.hidden = true;
      if (status === TOO_LARGE) showChanges({ type: null, ttl: null });
      return;
    }
    title.replaceChildren(parts.bytes(json.key));
    const lacks = json.lacks.map((text) => parts.note(text));
    about.replaceChildren(parts.facts(factsOf(json)), ...lacks);
    showChanges(json);
    if (keepsValue) return;
    next.cursor = json.next;
    next.hidden = json.next === null;
    value.replaceChildren(showValue(json, cursor === null));
  }

  function showValue(json, isFirstPage) {
    const save =
      isFirstPage && json.next === null ? (text) => change('PUT', '', { value: text }) : null;
    if (json.value !== undefined) return showText(json.value, save);
    return showElements(json, (entry) => change('DELETE', '/elements', entry));
  }

  /** What is offered depends on the type, and on whether the key expires. */
  function showChanges({ type, ttl }) {
    const offer = `${type} ${ttl === null}`;
    if (changes.offer === offer) return;
    changes.offer = offer;
    const isFound = Object.hasOwn(words.types, type);
    changes.replaceChildren(
      ...(isFound && type !== 'string' ? [showAdd(type)] : []),
      showTtl(ttl),
      parts.row(
        parts.button(words.compare, () => openCopies(context, path)),
        parts.button(words.deleteKey, remove, { className: 'danger' }),
      ),
    );
  }

  function showAdd(type) {
    const isList = type === 'list';
    const ends = [
      parts.button(words.removeFirst, () => change('DELETE', '/elements', { end: 'left' })),
      parts.button(words.removeLast, () => change('DELETE', '/elements', { end: 'right' })),
    ];
    return parts.form(
      async (fields, element) => {
        if (await change('POST', '/elements', fields)) element.reset();
      },
      parts.row(...entryFields(type), parts.submit(words.add), ...(isList ? ends : [])),
    );
  }

  function showTtl(ttl) {
    const seconds = parts.input('ttl', {
      required: true,
      inputMode: 'numeric',
      pattern: '[1-9][0-9]*',
      size: 8,
    });
    const removal = parts.button(words.removeTtl, () => change('DELETE', '/ttl'));
    return parts.form(
      (fields) => change('PUT', '/ttl', fields),
      parts.row(
        parts.field(words.expiresIn, seconds),
        parts.submit(words.setTtl),
        ...(ttl === null ? [] : [removal]),
      ),
    );
  }

  /** Returns whether it worked. */
  async function change(method, place, fields) {
    const { problem: why } = await send(method, `${path}${place}`, fields);
    await read(null, method === 'PUT' || place === '/ttl');
    parts.catchFocus(title);
    if (why) problem.textContent = why;
    else say(words.changed);
    return why === null;
  }

  async function remove() {
    const name = title.textContent;
    if (!(await parts.confirm(words.deleteKeys(1), name, words.delete))) return;
    const { problem: why } = await send('DELETE', path);
    if (why) return void (problem.textContent = why);
    say(words.deleted(1));
    location.hash = '#keys';
  }
}

/** Leaves a name as it is in the address when its bytes are no text. */
function toName(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function factsOf({ type, ttl, memory, length, slot, node, role }) {
  return [
    [words.type, words.types[type] ?? type],
    [words.expires, ttl === null ? words.never : words.inTime(formatSeconds(1000 * ttl))],
    [words.size, length === null ? null : words.length(type, length)],
    [words.memory, memory === null ? null : formatSize(memory)],
    [words.slot, slot === null ? null : formatNumber(slot)],
    [words.readFrom, `${words.roles[role]} ${node}`],
  ];
}
