/** Who is signed in, since when, and by which instance. */
import type { Context } from 'koa';
import type { Instance } from '../../cloudfoundry/instance.ts';
import type { Clock } from '../../redis/clock.ts';
import type { Timeouts } from '../../sessions/sessions.ts';
import { showSignedInBy, signedIn } from './signed-in.ts';

interface Parts {
  instance: Instance;
  timeouts: Timeouts;
  clock: Clock;
}

export function createMeHandlers({ instance, timeouts, clock }: Parts) {
  const servedBy = { index: instance.index, guid: instance.guid };

  return { show };

  function show(ctx: Context) {
    const { user, signedInBy, _startedAt, _endsAt } = signedIn(ctx);
    const expiresAt = Math.min(clock.now() + timeouts.idle, _endsAt);

    ctx.body = {
      user,
      signedInAt: new Date(_startedAt),
      signedInBy: showSignedInBy(signedInBy),
      servedBy,
      idleTimeout: timeouts.idle / 1000,
      absoluteTimeout: (_endsAt - _startedAt) / 1000,
      expiresAt: new Date(expiresAt),
    };
  }
}
