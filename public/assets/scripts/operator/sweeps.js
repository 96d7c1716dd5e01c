/** Dialogs for what concerns many at once: a count first, the password again, progress, and a way to cancel. */
import { create } from '../elements.js';
import { TYPES } from './entry.js';
import * as parts from './parts.js';
import { operator as words } from '../words.js';

/** Counts the keys that match, then deletes no more than so many. */
export function openDeleteMatching(context, { match, type }, onDone) {
  const types = [['', words.anyType], ...TYPES.map((each) => [each, words.types[each]])];
  const pattern = parts.input('match', {
    required: true,
    value: match,
    maxLength: 256,
    placeholder: 'tmp:*',
  });
  const steps = create('div');
  const sweep = openSweep(
    words.deleteMatching,
    parts.form(
      count,
      parts.row(
        parts.field(words.pattern, pattern),
        parts.field(words.type, parts.select('type', types, type)),
        parts.submit(words.count),
      ),
    ),
    steps,
  );

  async function count({ match: counted, type: ofType }) {
    steps.replaceChildren();
    const query = new URLSearchParams({ match: counted, type: ofType });
    const path = `/operator/count?${query}`;
    const { problem, last } = await sweep.run(context, 'GET', path, undefined, words.counting);
    if (problem || last.found === 0) return;
    const fields = { match: counted, type: ofType, most: last.found };
    steps.replaceChildren(
      askPassword(words.deleteKeys(last.found), (password) => remove({ ...fields, password })),
    );
  }

  async function remove(fields) {
    const path = '/operator/delete-matching';
    const { problem, last } = await sweep.run(context, 'POST', path, fields, words.deleting);
    if (!problem) steps.replaceChildren();
    if (last) onDone();
  }
}

export function openEndAll(context, onDone) {
  const sweep = openSweep(words.endAllSessions, askPassword(words.endAllSessions, end));

  async function end(password) {
    const path = '/operator/sessions/end-all';
    const { last } = await sweep.run(context, 'POST', path, { password }, words.ending);
    if (last) onDone();
  }
}

function askPassword(action, onSubmit) {
  const password = parts.input('password', {
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  });
  return parts.form(
    (fields, { elements }) => {
      elements.password.value = '';
      return onSubmit(fields.password);
    },
    parts.row(
      parts.field(words.passwordAgain, password),
      parts.submit(action, { className: 'danger' }),
    ),
  );
}

/** A dialog with the progress of what it runs. Closing it cancels. */
function openSweep(title, ...children) {
  const bar = create('progress', { hidden: true, max: 1, ariaLabel: words.progress });
  const text = parts.note();
  text.role = 'status';
  const problem = parts.fault();
  const cancel = parts.button(words.cancel, () => running?.abort(), { hidden: true });
  const close = parts.button(words.close, () => dialog.close());
  const dialog = parts.openDialog(title, ...children, bar, text, problem, parts.row(cancel, close));
  let running = null;
  dialog.addEventListener('close', () => running?.abort());

  return { run };

  async function run({ follow }, method, path, fields, say) {
    running = new AbortController();
    [bar.hidden, cancel.hidden, problem.textContent, text.textContent] = [false, false, '', ''];
    const outcome = await follow(method, path, fields, { signal: running.signal, onProgress });
    [bar.hidden, cancel.hidden, problem.textContent] = [true, true, outcome.problem ?? ''];
    return outcome;

    function onProgress(progress) {
      if (progress.problem) return;
      const { examined, of, done } = progress;
      if (of) bar.value = examined / of;
      text.textContent = say(progress, done);
    }
  }
}
