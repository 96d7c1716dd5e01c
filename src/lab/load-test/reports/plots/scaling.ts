/** What more instances bring: throughput beside p99, by number of instances. */
import { barY, text } from '@observablehq/plot';
import { color, type ColorName } from '../../../report/colors.ts';
import { bottomAxis, figureAxis } from '../../../report/marks.ts';
import { formatCount, formatLatency } from '../../../report/numbers.ts';
import { drawSvg, type Panel } from '../../../report/svg.ts';
import type { Step } from '../../summary.ts';

/** As SVG, of the steps with a number of instances. The note says what else limits them. */
export function plotScaling(steps: Step[], note = ''): string {
  const counted = steps.filter(({ count }) => count !== null);
  const rates = bars(counted, {
    label: 'Requests per second',
    figure: ({ rate }) => rate,
    format: formatCount,
    fill: 'blue',
  });
  const latencies = bars(counted, {
    label: 'p99 latency (ms)',
    figure: ({ latency }) => latency.p99,
    format: formatLatency,
    fill: 'pencil',
  });
  const height = note ? 336 : 304;
  return drawSvg({
    description: describe(counted, note),
    width: 800,
    height,
    panels: [
      rates,
      { ...latencies, left: 400 },
      {
        width: 800,
        height,
        margin: 16,
        marginBottom: 8,
        marks: [
          text([note], {
            frameAnchor: 'bottom-left',
            textAnchor: 'start',
            fill: color('pencil'),
          }),
        ],
      },
    ],
  });
}

function describe(steps: Step[], note: string): string {
  const figures = steps.map(
    ({ count, rate, latency }) =>
      `${count}: ${formatCount(rate)} requests per second, p99 ${formatLatency(latency.p99)} ms`,
  );
  return `Throughput and p99 latency by number of instances. ${figures.join('; ')}. ${note}`.trim();
}

interface Bars {
  label: string;
  figure: (step: Step) => number;
  format: (value: number) => string;
  fill: ColorName;
}

function bars(steps: Step[], { label, figure, format, fill }: Bars): Panel {
  return {
    width: 380,
    height: 304,
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
