/** /operator/count, /operator/delete-matching: all keys that match a pattern, with progress. */
import type { Context } from 'koa';
import { type FormFields, readFields, readText, SMALL_FORM } from '../../http/form.ts';
import type { AppRouter } from '../../http/router.ts';
import type { Log } from '../../log.ts';
import { type Sweep, unlinkAll, unlinkEach } from '../../operator/sweep.ts';
import * as texts from '../../operator/sentences.ts';
import type { BoundRedis } from '../../redis/bound-redis.ts';
import { checkFilter, readQuery } from './fields.ts';
import { answerLines, type LineParts } from './lines.ts';

interface Parts extends LineParts {
  redis: BoundRedis;
  sweep: Sweep;
  /** Throws unless the fields hold the operator's password. */
  askPassword: (ctx: Context, fields: FormFields) => Promise<void>;
  log: Log;
}

export function addSweepRoutes(router: AppRouter, parts: Parts) {
  const { redis, sweep, askPassword, log } = parts;

  router.get('/operator/count', count);
  router.post('/operator/delete-matching', remove);

  function count(ctx: Context) {
    const filter = checkFilter(ctx, readQuery(ctx, 'match'), readQuery(ctx, 'type'));
    const act = async () => 0;
    answerLines(ctx, parts, (report, signal) => sweep({ filter, act, report, signal }));
  }

  async function remove(ctx: Context) {
    const fields = await readFields(ctx, SMALL_FORM);
    const match = readText(ctx, fields, 'match');
    ctx.assert(match, 400, texts.fieldMissing('match'));
    const filter = checkFilter(ctx, match, readText(ctx, fields, 'type') || null);
    const most = Number(fields.get('most')?.toString());
    ctx.assert(Number.isSafeInteger(most) && most > 0, 400, texts.BAD_MOST);
    await askPassword(ctx, fields);

    answerLines(ctx, parts, async (report, signal) => {
      const act = redis.client.isCluster ? unlinkEach : unlinkAll;
      const progress = await sweep({ filter, act, most, report, signal });
      await redis.confirm?.();
      log(`The operator deleted ${progress.changed} keys that match ${JSON.stringify(match)}`);
      return progress;
    });
  }
}
