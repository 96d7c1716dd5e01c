/** A progress bar with the time of the load, its requests and its failures. */
import { Presets, SingleBar } from 'cli-progress';
import { countFailures } from './results/file.ts';
import type { Observer } from './run.ts';
import { instanceCount } from './summary.ts';

const FORMAT = '{bar} {value} of {total} s | {requests} requests | {failures} failures | {step}';

/** Writes to standard error, so that standard output has the results alone. */
export function createProgress(): Observer {
  const bar = new SingleBar({ format: FORMAT, hideCursor: true }, Presets.shades_classic);
  let requests = 0;
  let failures = 0;
  let steps = 0;
  let ticking: NodeJS.Timeout;

  return {
    say: (text) => console.error(text),

    stepBegins({ duration, counts }, count) {
      const beganAt = performance.now();
      requests = failures = 0;
      const place = counts.length > 1 ? `step ${++steps} of ${counts.length}: ` : '';
      const step = place + instanceCount({ count });
      bar.start(duration, 0, { requests, failures, step });
      ticking = setInterval(() => {
        const seconds = Math.floor((performance.now() - beganAt) / 1000);
        bar.update(Math.min(seconds, duration), { requests, failures });
      }, 200);
    },

    counted(lines) {
      for (const line of lines) {
        requests += line.requests;
        failures += countFailures(line);
      }
    },

    stepEnds() {
      clearInterval(ticking);
      bar.update({ requests, failures });
      bar.stop();
    },
  };
}
