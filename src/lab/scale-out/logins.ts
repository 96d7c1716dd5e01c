/** Counts the logins lost: with each way to keep sessions, under load, during each event. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Foundry, withFoundry } from '../foundry/start.ts';
import { countFailed } from '../load-test/verdict.ts';
import { underLoad } from '../load-test/under-load.ts';
import { bindRedis } from '../redis/topologies.ts';
import { EVENT_NAMES, type Run, SESSION_NAMES } from './results.ts';

type Sessions = Run['sessions'];
type Event = Run['event'];

export interface Extent {
  sessions: readonly Sessions[];
  events: readonly Event[];
  /** Numbers of instances. */
  counts: number[];
  /** Seconds of load, for each run. */
  duration: number;
  /** Requests per second. */
  rate: number;
  users: number;
  /** Environment variables of the app. */
  variables: Record<string, string>;
}

interface Observer {
  signal: AbortSignal;
  say: (text: string) => void;
  report: (run: Run) => void;
}

/** The variables that `cf set-env` would set. */
const SETTINGS: Record<Sessions, Record<string, string>> = {
  memory: { SESSIONS: 'memory' },
  'memory, sticky': { SESSIONS: 'memory', STICKY_SESSIONS: 'true' },
  redis: {},
};

/** The number of times that `countLoginsLost` says what it does. */
export function countRuns({
  sessions,
  events,
  counts,
}: Pick<Extent, 'sessions' | 'events' | 'counts'>): number {
  return sessions.length * events.length * counts.length;
}

/** Reports one run for each combination; fewer when the signal ends it early. */
export async function countLoginsLost(extent: Extent, observer: Observer): Promise<void> {
  const { signal, say, report } = observer;
  for (const sessions of extent.sessions) {
    if (!signal.aborted) await keep(sessions);
  }

  async function keep(sessions: Sessions) {
    const settings = () => ({ ...extent.variables, ...SETTINGS[sessions] });
    await withFoundry({ bind: bindRedis('standalone'), settings }, async (foundry) => {
      for (const instances of extent.counts) {
        for (const event of extent.events) {
          if (signal.aborted) return;
          say(
            `Sessions ${SESSION_NAMES[sessions]}, ${instances} instances. ${EVENT_NAMES[event]}.`,
          );
          report(await run(foundry, { sessions, instances, event }));
        }
      }
    });
  }

  async function run(
    { instances: app, address }: Foundry,
    { sessions, instances, event }: Pick<Run, 'sessions' | 'instances' | 'event'>,
  ): Promise<Run> {
    await app.scale(instances);
    const { users, rate, duration } = extent;
    const { summary } = await underLoad(
      `http://${address}`,
      { scenario: 'sessions', users, rate, duration },
      () => DISTURB[event](app, instances, duration),
      signal,
    );
    const { requests, logins, loginsLost } = summary;
    const errors = countFailed(summary);
    return { sessions, instances, event, requests, logins, loginsLost, errors };
  }
}

/** The events: each happens during a load of `duration` seconds. */
export const DISTURB: Record<
  Event,
  (
    app: Pick<Foundry['instances'], 'kill' | 'scale'>,
    count: number,
    duration: number,
  ) => Promise<void>
> = {
  calm: () => Promise.resolve(),

  async kill(app, count, duration) {
    await sleep((1000 * duration) / 2);
    await app.kill(count - 1);
  },

  async 'scale out and in'(app, count, duration) {
    await sleep((1000 * duration) / 4);
    await app.scale(2 * count);
    await sleep((1000 * duration) / 4);
    await app.scale(count);
  },
};
