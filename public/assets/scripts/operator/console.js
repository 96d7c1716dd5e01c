/** The console: commands, their replies as redis-cli prints them, and a list of commands to try. */
import { create } from '../elements.js';
import * as parts from './parts.js';
import { operator as words, translate } from '../words.js';

/** Older ones leave the page. */
const MOST_SHOWN = 100;

const { console: says } = words;

export function showConsole({ send, say, signal }) {
  const log = create('ol', { className: 'log' });
  const lessons = create('div', { className: 'lessons' });
  const area = create('textarea', { name: 'command', rows: 3, required: true, spellcheck: false });
  area.autocapitalize = 'none';
  area.addEventListener('keydown', sendByEnter);
  const problem = parts.fault();
  const write = parts.input('write', { type: 'checkbox' });
  const console = parts.form(
    run,
    parts.field(says.command, area),
    problem,
    parts.row(
      parts.submit(says.send, { className: 'primary' }),
      create('label', { className: 'tick' }, write, create('span', { textContent: says.write })),
      create('small', { textContent: says.keys }),
    ),
  );
  void readLessons();

  return [
    create(
      'section',
      {},
      parts.heading(words.sections.console),
      create(
        'div',
        { className: 'split reverse' },
        create('div', {}, console, log, parts.note(says.refused)),
        create('aside', { className: 'try' }, create('h3', { textContent: says.try }), lessons),
      ),
    ),
  ];

  function sendByEnter(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    console.requestSubmit();
  }

  async function run({ command, write: mayWrite }) {
    const fields = { command, write: mayWrite ? 'yes' : 'no' };
    const { json, problem: why } = await send('POST', '/operator/command', fields);
    if (signal.aborted) return;
    problem.textContent = why ?? '';
    area.focus();
    if (why) return;
    area.select();
    log.prepend(showAnswer(json));
    while (log.children.length > MOST_SHOWN) log.lastChild.remove();
    say(
      json.replies
        .map(({ reply }) => reply)
        .join('\n')
        .slice(0, 200),
    );
  }

  async function readLessons() {
    const { json } = await send('GET', '/operator/try');
    if (signal.aborted || !Array.isArray(json)) return;
    lessons.append(...json.map(showLesson));
  }

  function showLesson({ title, says: text, commands }) {
    const buttons = commands.map((command) => parts.button(command, () => put(command)));
    const lines = buttons.map((each) => create('li', {}, each));
    return create(
      'details',
      { name: 'lesson' },
      create('summary', { textContent: title }),
      parts.note(text),
      create('ul', {}, ...lines),
    );
  }

  function put(command) {
    area.value = command;
    area.focus();
  }
}

/** All else that Redis replies is shown as it is. */
function isError(reply) {
  return reply.startsWith('(error) ');
}

function showAnswer({ node, replies }) {
  const lines = replies.map(({ command, reply }) =>
    create(
      'div',
      {},
      create('code', { className: 'sent', textContent: command }),
      create('pre', { textContent: isError(reply) ? translate(reply) : reply }),
    ),
  );
  const isTransaction = replies.length > 1;
  return create(
    'li',
    {},
    create('small', { textContent: says.from(node, isTransaction) }),
    ...lines,
  );
}
