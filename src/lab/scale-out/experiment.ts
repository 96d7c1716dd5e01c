/** Conducts the experiment: each way to keep sessions, under load, during each event. */
import { setTimeout as sleep } from 'node:timers/promises';
import { countFailed } from '../load-test/reports/verdict.ts';
import type { Summary } from '../load-test/summary.ts';
import { untilInstances } from '../load-test/target.ts';
import { underLoad } from '../load-test/under-load.ts';
import { EVENT_NAMES, type Run, SESSION_NAMES } from './results.ts';
import { type Foundry, startFoundry } from './foundry.ts';

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
}

/** The arguments of `npm run foundry`. */
const FLAGS: Record<Sessions, string[]> = {
  memory: ['--sessions', 'memory'],
  'memory, sticky': ['--sessions', 'memory', '--sticky'],
  redis: [],
};

/** Returns one run for each combination; fewer when the signal ends it early. */
export async function conduct(
  extent: Extent,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (const sessions of extent.sessions) {
    if (!signal.aborted) await withFoundry(sessions);
  }
  return runs;

  async function withFoundry(sessions: Sessions) {
    const foundry = await startFoundry(FLAGS[sessions]);
    try {
      for (const instances of extent.counts) {
        for (const event of extent.events) {
          if (signal.aborted) return;
          say(
            `Sessions ${SESSION_NAMES[sessions]}, instances: ${instances}. ${EVENT_NAMES[event]}.`,
          );
          const summary = await run(foundry, instances, event);
          runs.push({ sessions, instances, event, ...toFigures(summary) });
        }
      }
    } finally {
      await foundry.stop();
    }
  }

  async function run(foundry: Foundry, instances: number, event: Event): Promise<Summary> {
    await foundry.command('scale', instances);
    await untilInstances(foundry.origin, instances, signal);

    const { summary } = await underLoad(
      foundry.origin,
      { scenario: 'sessions', users: extent.users, rate: extent.rate, duration: extent.duration },
      () => DISTURB[event](foundry, instances, extent.duration),
      signal,
    );
    return summary;
  }
}

/** The events: each happens during a load of `duration` seconds. */
export const DISTURB: Record<
  Event,
  (foundry: Pick<Foundry, 'command'>, instances: number, duration: number) => Promise<void>
> = {
  calm: () => Promise.resolve(),

  async kill(foundry, instances, duration) {
    await sleep((1000 * duration) / 2);
    await foundry.command('kill', instances - 1);
  },

  async 'scale out and in'(foundry, instances, duration) {
    await sleep((1000 * duration) / 4);
    await foundry.command('scale', 2 * instances);
    await sleep((1000 * duration) / 4);
    await foundry.command('scale', instances);
  },
};

function toFigures(summary: Summary) {
  const { requests, rate, logins, loginsLost } = summary;
  return { requests, rate, logins, loginsLost, errors: countFailed(summary) };
}
