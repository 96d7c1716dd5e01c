/** Latency against percentile: how long the slowest one in ten, in a hundred, in a thousand took. */
import { gridY, lineY, text } from '@observablehq/plot';
import { color, seriesColor } from '../../../report/colors.ts';
import { bottomAxis, figureAxis, note } from '../../../report/marks.ts';
import { formatCount, formatLatency } from '../../../report/numbers.ts';
import { drawSvg, WIDE } from '../../../report/svg.ts';
import { instanceCount, type Step } from '../../summary.ts';
import { carriesPercentile, highestPercentile } from '../percentiles.ts';

const PERCENTILES = [0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999];
const BRIGHT = 2; // every second colour of the series is a bright one
const LABEL = 1 / 16; // of the height: the room that a label takes
const LEFT = 60; // pixels, for the figures of the axis
const RIGHT = 24;
const NAMES = 110; // of the lines, at the right
const TICK = 45; // for a percentile

interface Line {
  name: string;
  color: string;
  points: { nines: number; latency: number }[];
}

/** As SVG, so many pixels wide. Each line ends where its requests are too few. */
export function plotLatency(steps: Step[], width = WIDE): string {
  const answered = steps.filter(({ latency }) => latency.max > 0);
  const lines = answered.map(toLine);
  const right = lines.some(({ name }) => name) ? NAMES : RIGHT;
  const points = lines.flatMap((line) => line.points);
  const most = Math.max(1, ...points.map(({ nines }) => nines));
  const latencies = points.map(({ latency }) => latency);
  const powers = powersOfTen(Math.min(...latencies, 1), Math.max(...latencies, 10));
  const [lowest, highest] = [powers[0]!, powers.at(-1)!];
  return drawSvg({
    description: describe(answered),
    width,
    height: 400,
    panels: [
      {
        width,
        height: 400,
        marginLeft: LEFT,
        marginRight: right,
        marginTop: 40,
        marginBottom: 56,
        x: { domain: [0, most] },
        y: { type: 'log', domain: [lowest, highest] },
        marks: [
          gridY({ stroke: color('groove'), strokeOpacity: 1 }),
          figureAxis('Latency (ms)', { ticks: powers, tickFormat: formatMilliseconds }),
          bottomAxis('Percentile', {
            ticks: chooseTicks(most, (width - LEFT - right) / most),
            tickFormat: formatNines,
          }),
          lines.map((line) =>
            lineY(line.points, { x: 'nines', y: 'latency', stroke: line.color, strokeWidth: 2.5 }),
          ),
          text(endLabels(lines, (highest / lowest) ** LABEL), {
            x: most,
            y: 'latency',
            text: 'name',
            fill: 'color',
            dx: 6,
            textAnchor: 'start',
            fontSize: 14,
            fontWeight: 'bold',
          }),
          lines.length > 0 ? null : note('No request was answered.'),
        ],
      },
    ],
  });
}

function describe(steps: Step[]): string {
  const names = [...new Set(['p50', highestPercentile(steps)] as const)];
  const figures = steps.map((step) => {
    const latencies = names
      .map((name) => `${name} ${formatLatency(step.latency[name])} ms`)
      .join(', ');
    return [instanceCount(step), latencies].filter(Boolean).join(': ');
  });
  return `Latency by percentile. ${figures.join('; ') || 'No request was answered'}.`;
}

/** The percentiles up to `most` nines that have room, at so many pixels for each nine. */
function chooseTicks(most: number, pixels: number): number[] {
  const ticks: number[] = [];
  for (const nines of PERCENTILES.map(countNines)) {
    const isFree = ticks.length === 0 || (nines - ticks.at(-1)!) * pixels >= TICK;
    if (nines <= most && isFree) ticks.push(nines);
  }
  return ticks;
}

/** Leaves out zero, which a logarithmic axis cannot show. */
function toLine(step: Step, i: number): Line {
  return {
    name: instanceCount(step),
    color: seriesColor(i * BRIGHT),
    points: step.percentiles
      .filter(({ percent, latency }) => carriesPercentile(step.requests, percent) && latency > 0)
      .map(({ percent, latency }) => ({ nines: countNines(percent), latency })),
  };
}

/** The name of each line at its end, pushed up where it would touch the one below. */
function endLabels(lines: Line[], gap: number) {
  let below = 0;
  return lines
    .map((line) => ({ ...line, latency: line.points.at(-1)?.latency ?? 1 }))
    .toSorted((a, b) => a.latency - b.latency)
    .map((label) => {
      below = Math.max(label.latency, below * gap);
      return { ...label, latency: below };
    });
}

/** 0 for 0 %, 1 for 90 %, 2 for 99 %, 3 for 99.9 % and so on. */
function countNines(percent: number): number {
  return -Math.log10(1 - percent / 100);
}

function formatNines(nines: number): string {
  const percent = 100 * (1 - 10 ** -nines);
  return `${Number(percent.toFixed(4))}%`;
}

/** From the one below the least to the one above the most. */
function powersOfTen(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

function formatMilliseconds(value: number): string {
  return value < 1 ? String(value) : formatCount(value);
}
