/** A progress bar with the time of the load, its requests and its faults. */
import { Presets, SingleBar } from 'cli-progress';
import type { Observer } from './run.ts';
import { instanceCount } from './summary.ts';

const FORMAT = '{bar} {value} of {total} s | {requests} requests | {faults} faults | {step}';

/** Writes to standard error, so that standard output has the results alone. */
export function createProgress(): Observer {
  const bar = new SingleBar({ format: FORMAT, hideCursor: true }, Presets.shades_classic);
  let requests = 0;
  let faults = 0;
  let ticking: NodeJS.Timeout;

  return {
    say: (text) => console.error(text),

    stepBegins({ duration }, count) {
      const beganAt = performance.now();
      requests = faults = 0;
      const step = instanceCount({ count });
      bar.start(duration, 0, { requests, faults, step });
      ticking = setInterval(() => {
        const seconds = Math.floor((performance.now() - beganAt) / 1000);
        bar.update(Math.min(seconds, duration), { requests, faults });
      }, 200);
    },

    answered({ fault }) {
      requests++;
      if (fault) faults++;
    },

    stepEnds() {
      clearInterval(ticking);
      bar.update({ requests, faults });
      bar.stop();
    },
  };
}
