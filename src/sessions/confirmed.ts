/** Sessions of which no change is told as done before replicas have it (REDIS_WAIT_REPLICAS). */
import type { Confirm } from '../redis/replicas.ts';
import { sessionKey } from '../redis/names.ts';
import type { Sessions } from './sessions.ts';

/** Beside what Redis throws, each change throws what `confirm` throws: then it was made all the same. */
export function confirmChanges(sessions: Sessions, confirm: Confirm): Sessions {
  return {
    ...sessions,

    async start(handle, owner, fields, othersUntil) {
      const record = await sessions.start(handle, owner, fields, othersUntil);
      await confirm(sessionKey(handle));
      return record;
    },

    async change(handle, changes) {
      const outcome = await sessions.change(handle, changes);
      if (outcome === 'merged') await confirm(sessionKey(handle));
      return outcome;
    },

    async move(from, to, record) {
      const isMoved = await sessions.move(from, to, record);
      await confirm(sessionKey(from), sessionKey(to));
      return isMoved;
    },

    async end(account, handle) {
      const ended = await sessions.end(account, handle);
      await confirm(sessionKey(handle));
      return ended;
    },

    async endAll(account, which) {
      const ended = await sessions.endAll(account, which);
      await confirm();
      return ended;
    },
  };
}
