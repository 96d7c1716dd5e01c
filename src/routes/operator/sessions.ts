/** /operator/sessions: all signed-in users, and the end of one session, of a user's, of all. */
import type { Context } from 'koa';
import { type FormFields, readFields, readText, SMALL_FORM } from '../../http/form.ts';
import type { AppRouter } from '../../http/router.ts';
import type { Log } from '../../log.ts';
import * as texts from '../../operator/sentences.ts';
import type { UserSessions } from '../../operator/user-sessions.ts';
import { showSignedInBy } from '../session/signed-in.ts';
import { readQuery } from './fields.ts';
import { answerLines, type LineParts } from './lines.ts';

interface Parts extends LineParts {
  users: UserSessions;
  /** Throws unless the fields hold the operator's password. */
  askPassword: (ctx: Context, fields: FormFields) => Promise<void>;
  log: Log;
}

export function addSessionRoutes(router: AppRouter, parts: Parts) {
  const { users, askPassword, log } = parts;

  router.get('/operator/sessions', list);
  router.delete('/operator/sessions/:id', end);
  router.post('/operator/sessions/end', endAllOf);
  router.post('/operator/sessions/end-all', endAll);

  async function list(ctx: Context) {
    const { sessions, ...page } = await users.list(readQuery(ctx, 'cursor'));
    const shown = sessions.map((session) => ({
      ...session,
      signedInBy: showSignedInBy(session.signedInBy),
    }));
    ctx.body = { sessions: shown, ...page };
  }

  async function end(ctx: Context) {
    const id = ctx.path.split('/')[3]!;
    // Handles of the operator have a colon
    const ended = /^[\w-]+$/.test(id) ? await users.end(id) : 0;
    ctx.assert(ended, 404, texts.NO_SESSION);
    log('The operator ended a session');
    ctx.body = { ended };
  }

  async function endAllOf(ctx: Context) {
    const user = readText(ctx, await readFields(ctx, SMALL_FORM), 'user');
    ctx.assert(user, 400, texts.fieldMissing('user'));
    const ended = await users.endAllOf(user);
    ctx.assert(ended !== null, 404, texts.noUser(user));
    log(`The operator ended all sessions of ${user}: ${ended}`);
    ctx.body = { ended };
  }

  async function endAll(ctx: Context) {
    await askPassword(ctx, await readFields(ctx, SMALL_FORM));
    answerLines(ctx, parts, async (report, signal) => {
      const progress = await users.endAll(report, signal);
      log(`The operator ended all sessions: ${progress.changed}`);
      return progress;
    });
  }
}
