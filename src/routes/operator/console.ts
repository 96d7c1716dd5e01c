/** /operator/command, /operator/try: the console, and a list of commands to try. */
import type { Context } from 'koa';
import { readFields, readText } from '../../http/form.ts';
import type { Hold } from '../../http/large-bodies.ts';
import type { AppRouter } from '../../http/router.ts';
import type { Log } from '../../log.ts';
import type { Console } from '../../operator/console/console.ts';
import { LESSONS } from '../../operator/console/try.ts';
import * as texts from '../../operator/sentences.ts';

const FORM_LIMIT = 64 * 1024; // bytes
/** The beginning of a value may be in the log, not all of it. */
const LOGGED = 40; // characters

interface Parts {
  console: Console;
  hold: Hold;
  log: Log;
}

export function addConsoleRoutes(router: AppRouter, { console, hold, log }: Parts) {
  router.get('/operator/try', (ctx: Context) => {
    ctx.body = LESSONS;
  });
  router.post('/operator/command', run);

  async function run(ctx: Context) {
    const fields = await readFields(ctx, FORM_LIMIT, hold);
    const command = readText(ctx, fields, 'command');
    ctx.assert(command, 400, texts.fieldMissing('command'));
    const mayWrite = /^(yes|on|true)$/.test(String(fields.get('write')));
    ctx.body = await console.run(command, mayWrite);
    if (mayWrite) log(`The operator sent ${JSON.stringify(command.slice(0, LOGGED))}`);
  }
}
