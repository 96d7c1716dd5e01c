/** The list of a user's sessions, each but this one with a button to end it. */
import { create, setText, syncList } from './elements.js';
import { formatInstance, formatTime } from './format.js';
import { words } from './words.js';

export function showSessions(list, sessions, end) {
  syncList(list, sessions, {
    keyOf: ({ id }) => id,
    create: (session) => createItem(session, end),
    update: updateItem,
  });
}

function createItem({ id, signedInAt, current }, end) {
  const since = create('span', { textContent: words.sessionSince(formatTime(signedInAt)) });
  return create(
    'li',
    {},
    since,
    create('small'),
    current ? create('strong', { textContent: words.thisOne }) : createButton(id, signedInAt, end),
  );
}

function createButton(id, signedInAt, end) {
  const ariaLabel = words.endSession(formatTime(signedInAt));
  const button = create('button', {
    className: 'quiet',
    type: 'button',
    textContent: words.end,
    ariaLabel,
  });
  button.addEventListener('click', () => end(id));
  return button;
}

function updateItem(item, { signedInBy, lastSeenAt }) {
  const instance = signedInBy && formatInstance(signedInBy);
  setText(item.children[1], words.lastSeen(instance, formatTime(lastSeenAt)));
}
