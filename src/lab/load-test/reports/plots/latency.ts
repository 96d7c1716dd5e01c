/** Latency against percentile: what the slowest one in ten, in a hundred, in a thousand waited. */
import { blank, bottomAxis, figureAxis, text } from '../../../report/axes.ts';
import { color, seriesColor } from '../../../report/colors.ts';
import { formatCount, formatLatency } from '../../../report/numbers.ts';
import { drawSvg } from '../../../report/svg-plot.ts';
import type { Percentile, Step } from '../../summary.ts';
import { instanceCount } from './instance-count.ts';

const PERCENTILES = [0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999];
const BRIGHT = 2; // every second colour of the series is a bright one

/** As SVG. The slowest request of all is left out: it is at no percentile below 100. */
export function plotLatency(steps: Step[]): string {
  const answered = steps.filter(({ percentiles }) => percentiles.length > 0);
  return drawSvg({
    name: 'latency',
    description: describe(answered),
    width: 800,
    height: 400,
    option: {
      title: answered.length > 0 ? [] : blank('No request was answered.'),
      grid: { left: 60, right: 110, top: 40, bottom: 56 },
      xAxis: percentileAxis(answered),
      yAxis: latencyAxis(answered),
      series: answered.map(line),
    },
  });
}

function describe(steps: Step[]): string {
  const figures = steps.map((step) => {
    const { p50, p99 } = step.latency;
    const latencies = `p50 ${formatLatency(p50)} ms, p99 ${formatLatency(p99)} ms`;
    return [instanceCount(step), latencies].filter(Boolean).join(': ');
  });
  return `Latency by percentile. ${figures.join('; ') || 'No request was answered'}.`;
}

function percentileAxis(steps: Step[]) {
  const most = Math.max(2, ...steps.flatMap(visible).map(({ percent }) => nines(percent)));
  const ticks = PERCENTILES.map(nines).filter((tick) => tick <= most);
  const axis = bottomAxis('Percentile');
  return {
    ...axis,
    type: 'value' as const,
    min: 0,
    max: most,
    axisTick: { ...axis.axisTick, customValues: ticks },
    axisLabel: { ...text('pencil'), customValues: ticks, formatter: formatNines },
  };
}

function latencyAxis(steps: Step[]) {
  const latencies = steps.flatMap(visible).map(({ latency }) => latency);
  return {
    ...figureAxis('Latency (ms)'),
    type: 'log' as const,
    min: powerOfTen(Math.min(...latencies, 1), Math.floor),
    max: powerOfTen(Math.max(...latencies, 10), Math.ceil),
    axisLabel: { ...text('pencil'), formatter: (value: number) => formatMilliseconds(value) },
    minorTick: { show: true, splitNumber: 9 },
    minorSplitLine: { show: true, lineStyle: { color: color('groove') } },
  };
}

function line(step: Step, i: number) {
  const lineColor = seriesColor(i * BRIGHT);
  return {
    type: 'line' as const,
    data: visible(step).map(({ percent, latency }) => [nines(percent), latency]),
    showSymbol: false,
    lineStyle: { color: lineColor, width: 2.5 },
    endLabel: {
      show: step.count !== null,
      formatter: instanceCount(step),
      color: lineColor,
      fontSize: 14,
      lineHeight: 20,
      fontWeight: 'bold' as const,
    },
    labelLayout: { moveOverlap: 'shiftY' as const },
  };
}

/** What the axes can show: the 100th percentile is infinitely far, and a logarithm knows no zero. */
function visible({ percentiles }: Step): Percentile[] {
  return percentiles.filter(({ percent, latency }) => percent < 100 && latency > 0);
}

/** How many nines: 0 for 0 %, 1 for 90 %, 2 for 99 %, 3 for 99.9 % and so on. */
function nines(percent: number): number {
  return -Math.log10(1 - percent / 100);
}

function formatNines(position: number): string {
  const percent = 100 * (1 - 10 ** -position);
  return `${Number(percent.toFixed(4))}%`;
}

function powerOfTen(latency: number, round: (exponent: number) => number): number {
  return 10 ** round(Math.log10(latency));
}

function formatMilliseconds(value: number): string {
  return value < 1 ? String(value) : formatCount(value);
}
