/** A line of what was measured over the last minute. */
import { draw } from './elements.js';

const SPAN = 60_000; // milliseconds
/** Nothing was measured in between: the line has a gap. */
const GAP = 3500; // milliseconds
const WIDTH = 240;
const HEIGHT = 48;

/** Values with the time when each came, no older than a minute. */
export function createSeries() {
  const samples = [];

  return {
    samples,
    add(value) {
      const now = performance.now();
      samples.push({ at: now, value });
      while (samples[0].at < now - SPAN) samples.shift();
    },
    highest: () => Math.max(0, ...samples.map(({ value }) => value)),
  };
}

export function createChart() {
  return draw('svg', {
    class: 'chart',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    'aria-hidden': 'true',
  });
}

/** `top` is the value at the upper edge. */
export function updateChart(chart, { samples }, top) {
  const now = performance.now();
  const lines = splitAtGaps(samples).map((run) =>
    draw('polyline', { points: run.map((sample) => place(sample, now, top)).join(' ') }),
  );
  chart.replaceChildren(...lines);
}

function splitAtGaps(samples) {
  const runs = [];
  samples.forEach((sample, index) => {
    const before = samples[index - 1];
    if (!before || sample.at - before.at > GAP) runs.push([]);
    runs.at(-1).push(sample);
  });
  return runs;
}

function place({ at, value }, now, top) {
  const x = WIDTH - ((now - at) / SPAN) * WIDTH;
  const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
  return `${x.toFixed(1)},${y.toFixed(1)}`;
}

/** A round number that is no less. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= Math.max(value, 5));
}
