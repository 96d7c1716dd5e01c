/** Listening to a channel, and publishing to one. */
import { create } from '../elements.js';
import { formatTime } from '../format.js';
import { toSegment } from './new-key.js';
import * as parts from './parts.js';
import { operator as words, translate } from '../words.js';

/** Older ones leave the page. */
const MOST_SHOWN = 200;

const { channels: says } = words;

export function showChannels({ send, say, signal }) {
  const state = parts.note(says.notListening);
  state.role = 'status';
  const problem = parts.fault();
  const outcome = parts.note();
  const messages = create('ol', { className: 'messages' });
  const stop = parts.button(says.stop, () => close(says.notListening), { hidden: true });
  let source = null;
  signal.addEventListener('abort', () => source?.close());

  return [
    create(
      'section',
      {},
      parts.heading(words.sections.channels),
      create(
        'div',
        { className: 'two' },
        create(
          'div',
          {},
          create('h3', { textContent: says.listen }),
          parts.form(
            ({ channel }) => listen(channel),
            parts.row(channelField(), parts.submit(says.listen), stop),
          ),
          state,
          messages,
        ),
        create(
          'div',
          {},
          create('h3', { textContent: says.publish }),
          parts.form(
            publish,
            channelField(),
            parts.field(says.message, parts.input('message', { value: 'hello' })),
            problem,
            parts.row(parts.submit(says.publish)),
          ),
          outcome,
        ),
      ),
    ),
  ];

  function listen(channel) {
    close(says.opening(channel));
    messages.replaceChildren();
    stop.hidden = false;
    source = new EventSource(`/operator/channels/${toSegment(channel)}`);
    source.addEventListener('listening', () => (state.textContent = says.listening(channel)));
    source.addEventListener('message', ({ data }) => add(JSON.parse(data)));
    source.addEventListener('problem', ({ data }) => close(translate(JSON.parse(data))));
    source.addEventListener('error', ({ target }) => {
      if (target.readyState === EventSource.CLOSED) close(says.refused);
      else state.textContent = says.opening(channel);
    });
  }

  function add({ at, message }) {
    const time = create('small', { textContent: formatTime(at) });
    messages.prepend(create('li', {}, time, parts.bytes(message)));
    while (messages.children.length > MOST_SHOWN) messages.lastChild.remove();
  }

  function close(text) {
    source?.close();
    source = null;
    stop.hidden = true;
    state.textContent = text;
  }

  async function publish({ channel, message }) {
    const path = `/operator/channels/${toSegment(channel)}`;
    const { json, problem: why } = await send('POST', path, { message });
    problem.textContent = why ?? '';
    outcome.textContent = why ? '' : says.received(json.receivers);
    if (!why) say(outcome.textContent);
  }
}

function channelField() {
  return parts.field(says.channel, parts.input('channel', { required: true, value: 'try' }));
}
