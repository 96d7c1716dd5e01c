/** What more instances bring: throughput and latency, by number of instances. */
import { barY, text } from '@observablehq/plot';
import { color, type ColorName } from '../../../report/colors.ts';
import { bottomAxis, figureAxis } from '../../../report/marks.ts';
import { formatCount, formatLatency } from '../../../report/numbers.ts';
import { drawSvg, NARROW, type Panel, WIDE } from '../../../report/svg.ts';
import type { Step } from '../../summary.ts';
import { highestPercentile } from '../percentiles.ts';

const HEIGHT = 304; // of a panel

/** As SVG, of the steps with a number of instances. The note says what else limits them. */
export function plotScaling(steps: Step[], note = '', width = WIDE): string {
  const counted = steps.filter(({ count }) => count !== null);
  const percentile = highestPercentile(counted);
  const rates = bars(counted, {
    label: 'Requests per second',
    figure: ({ rate }) => rate,
    format: formatCount,
    fill: 'blue',
  });
  const latencies = bars(counted, {
    label: `${percentile} latency (ms)`,
    figure: ({ latency }) => latency[percentile],
    format: formatLatency,
    fill: 'pencil',
  });
  const isWide = width >= WIDE;
  const panels = isWide ? HEIGHT : 2 * HEIGHT;
  const height = note ? panels + (isWide ? 32 : 48) : panels;
  return drawSvg({
    description: describe(counted, note, percentile),
    width,
    height,
    panels: [
      rates,
      isWide ? { ...latencies, left: width / 2 } : { ...latencies, top: HEIGHT },
      {
        width,
        height,
        margin: 16,
        marginBottom: 8,
        marks: [
          text([note], {
            frameAnchor: 'bottom-left',
            textAnchor: 'start',
            lineWidth: width / 14, // em
            fill: color('pencil'),
          }),
        ],
      },
    ],
  });
}

function describe(steps: Step[], note: string, percentile: 'p50' | 'p95' | 'p99'): string {
  const figures = steps.map(
    ({ count, rate, latency }) =>
      `${count}: ${formatCount(rate)} requests per second, ${percentile} ${formatLatency(latency[percentile])} ms`,
  );
  return `Throughput and ${percentile} latency by number of instances. ${figures.join('; ')}. ${note}`.trim();
}

interface Bars {
  label: string;
  figure: (step: Step) => number;
  format: (value: number) => string;
  fill: ColorName;
}

function bars(steps: Step[], { label, figure, format, fill }: Bars): Panel {
  return {
    width: NARROW,
    height: HEIGHT,
    marginLeft: 60,
    marginRight: 20,
    marginTop: 40,
    marginBottom: 54,
    x: { type: 'band', padding: 0.5 },
    y: { nice: 4 },
    marks: [
      figureAxis(label),
      bottomAxis('Instances'),
      barY(steps, { x: 'count', y: figure, fill: color(fill), rx: 3 }),
      text(steps, {
        x: 'count',
        y: figure,
        text: (step: Step) => format(figure(step)),
        dy: -10,
        fontWeight: 'bold',
      }),
    ],
  };
}
