/** The sessions of all users: who is signed in, since when and where; the end of one, of a user's, of all. */
import { create } from '../elements.js';
import { formatInstance, formatTime } from '../format.js';
import { readPage } from './pages.js';
import * as parts from './parts.js';
import { openEndAll } from './sweeps.js';
import { operator as words } from '../words.js';

export function showSessions(context) {
  const { send, say, signal } = context;
  const title = parts.heading(words.sections.sessions);
  const problem = parts.fault();
  const summary = parts.note(words.reading);
  const rows = create('div', { className: 'rows' });
  const next = parts.button(words.nextPage, () => read(next.cursor), { hidden: true });
  void read(null);

  return [
    create(
      'section',
      {},
      title,
      problem,
      summary,
      rows,
      parts.row(
        next,
        parts.button(words.refresh, () => read(null)),
        parts.button(words.endAllDialog, () => openEndAll(context, () => read(null))),
      ),
    ),
  ];

  async function read(cursor) {
    const asked = { name: 'sessions', cursor };
    const { page, problem: why } = await readPage(context, '/operator/sessions', asked);
    if (signal.aborted) return;
    problem.textContent = why ?? '';
    summary.textContent = page ? words.pageOfSessions(page) : '';
    if (!page) return;
    next.cursor = page.cursor;
    next.hidden = page.cursor === null;
    const { sessions } = page;
    rows.replaceChildren(
      ...(sessions.length > 0
        ? [parts.table(words.sections.sessions, words.sessionHeadings, sessions.map(cellsOf))]
        : []),
    );
  }

  function cellsOf({ id, user, signedInAt, signedInBy, lastSeenAt, endsAt }) {
    return [
      create('span', { className: 'user', textContent: user }),
      formatTime(signedInAt),
      signedInBy && formatInstance(signedInBy),
      formatTime(lastSeenAt),
      formatTime(endsAt),
      create(
        'span',
        { className: 'row' },
        parts.button(words.end, () => end('DELETE', `/operator/sessions/${id}`), {
          className: 'quiet',
          ariaLabel: words.endOne(user, formatTime(signedInAt)),
        }),
        parts.button(words.endAllOf, () => endAllOf(user), {
          className: 'quiet',
          ariaLabel: words.endAllOfUser(user),
        }),
      ),
    ];
  }

  async function endAllOf(user) {
    if (!(await parts.confirm(words.endAllOfUser(user), words.endAllOfText, words.end))) return;
    await end('POST', '/operator/sessions/end', { user });
  }

  async function end(method, path, fields) {
    const { json, problem: why } = await send(method, path, fields);
    await read(null);
    parts.catchFocus(title);
    if (why) problem.textContent = why;
    else say(words.endedSessions(json.ended));
  }
}
