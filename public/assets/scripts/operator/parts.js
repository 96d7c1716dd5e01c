/** The parts of which all sections are made: fields, buttons, tables, dialogs, what Redis has in bytes. */
import { create } from '../elements.js';
import { formatSize } from '../format.js';
import { operator as words } from '../words.js';

let ids = 0;

export function heading(...content) {
  return create('h2', { tabIndex: -1 }, ...content);
}

export function button(text, onClick, properties = {}) {
  const element = create('button', { type: 'button', textContent: text, ...properties });
  element.addEventListener('click', onClick);
  return element;
}

/** `control` is an input, a select or a textarea. */
export function field(text, control) {
  return create('label', {}, create('span', { textContent: text }), control);
}

export function input(name, properties = {}) {
  const plain = { autocomplete: 'off', autocapitalize: 'none', spellcheck: false };
  return create('input', { name, ...plain, ...properties });
}

/** `options` are pairs of value and text. */
export function select(name, options, value) {
  const element = create('select', { name });
  element.append(
    ...options.map(([id, text]) => create('option', { value: id, textContent: text })),
  );
  element.value = value ?? options[0][0];
  return element;
}

/** `onSubmit` gets the texts of the fields; until it is done, the form is not sent again. */
export function form(onSubmit, ...children) {
  const element = create('form', {}, ...children);
  let isBusy = false;
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    await onSubmit(Object.fromEntries(new FormData(element)), element);
    isBusy = false;
  });
  return element;
}

export function submit(text, properties = {}) {
  return create('button', { textContent: text, ...properties });
}

/** Call it when what had the focus may be gone. */
export function catchFocus(element) {
  if (document.activeElement === document.body) element.focus();
}

export function row(...children) {
  return create('div', { className: 'row' }, ...children);
}

/** What came of an action, or why it failed. */
export function note(text = '') {
  return create('p', { className: 'note', textContent: text });
}

export function fault(text = '') {
  const element = create('p', { className: 'fault', textContent: text });
  element.role = 'alert';
  return element;
}

/** `rows` are lists of texts and elements; the first one of each names the row. */
export function table(label, headings, rows) {
  const head = create('tr', {}, ...headings.map((text) => cell('th', text, 'col')));
  const body = rows.map((cells) =>
    create(
      'tr',
      {},
      ...cells.map((each, i) => (i === 0 ? cell('th', each, 'row') : cell('td', each))),
    ),
  );
  const element = create(
    'table',
    { ariaLabel: label },
    create('thead', {}, head),
    create('tbody', {}, ...body),
  );
  return scroller(label, element);
}

/** What is wider than its place can be moved by the keyboard as well. */
export function scroller(label, ...children) {
  const element = create('div', { className: 'wide', tabIndex: 0, ariaLabel: label }, ...children);
  element.role = 'group';
  return element;
}

function cell(tag, content, scope) {
  const element = create(tag, scope ? { scope } : {}, content ?? words.nothing);
  // An empty heading stands over buttons
  if (tag === 'th' && content === '')
    element.append(create('span', { className: 'spoken', textContent: words.actions }));
  return element;
}

/** `entries` are pairs of name and value; those without a value are left out. */
export function facts(entries) {
  const shown = entries.filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  return create(
    'dl',
    { className: 'facts' },
    ...shown.map(([name, value]) =>
      create('div', {}, create('dt', {}, name), create('dd', {}, value)),
    ),
  );
}

/** A group that is read from the app when it is opened for the first time. */
export function drawer(title, fill) {
  const content = create('div', { className: 'content' });
  const element = create('details', {}, create('summary', { textContent: title }), content);
  element.addEventListener(
    'toggle',
    async () => {
      content.append(note(words.reading));
      content.replaceChildren(...(await fill()));
    },
    { once: true },
  );
  return element;
}

export function openDialog(title, ...children) {
  const id = `dialog-${++ids}`;
  const dialog = create('dialog', {}, create('h2', { id, textContent: title }), ...children);
  dialog.setAttribute('aria-labelledby', id);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Resolves with true when the operator agrees. */
export function confirm(title, text, action) {
  const yes = create('button', { value: 'yes', className: 'primary', textContent: action });
  const no = create('button', { value: 'no', textContent: words.cancel, autofocus: true });
  const answer = create(
    'form',
    { method: 'dialog' },
    create('div', { className: 'buttons' }, no, yes),
  );
  const dialog = openDialog(title, create('p', {}, text), answer);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  });
}

/** Bytes of Redis, as the app shows them: a text, `{text, bytes}` for its beginning, or `{hex, bytes?}`. */
export function bytes(shown) {
  const element = create('code', { textContent: toText(shown) });
  if (shown.hex !== undefined) element.title = words.hex;
  if (!isWhole(shown))
    element.append(create('small', { textContent: words.beginning(formatSize(shown.bytes)) }));
  return element;
}

/** The same in one line. */
export function toText(shown) {
  const text = typeof shown === 'string' ? shown : (shown.text ?? `0x${shown.hex}`);
  return text === '' ? words.empty : text;
}

/** Only what is shown in full can be sent back. */
export function isWhole(shown) {
  return shown.bytes === undefined;
}
