/** The list of a user's sessions, each but this one with a button to end it. */
import { create, setText, syncList } from './elements.js';
import { formatInstance, formatTime } from './format.js';

export function showSessions(list, sessions, end) {
  syncList(list, sessions, {
    keyOf: ({ id }) => id,
    create: (session) => createItem(session, end),
    update: updateItem,
  });
}

function createItem({ id, signedInAt, current }, end) {
  const since = create('span', { textContent: `Since ${formatTime(signedInAt)}` });
  return create(
    'li',
    {},
    since,
    create('small'),
    current ? create('strong', { textContent: 'This one' }) : createButton(id, signedInAt, end),
  );
}

function createButton(id, signedInAt, end) {
  const ariaLabel = `End the session since ${formatTime(signedInAt)}`;
  const button = create('button', {
    className: 'quiet',
    type: 'button',
    textContent: 'End',
    ariaLabel,
  });
  button.addEventListener('click', () => end(id));
  return button;
}

function updateItem(item, { signedInBy, lastSeenAt }) {
  const instance = signedInBy ? `instance ${formatInstance(signedInBy)}, ` : '';
  setText(item.children[1], `${instance}last seen ${formatTime(lastSeenAt)}`);
}
