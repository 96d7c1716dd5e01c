/** The samples of a soak over time, with the faults as lines. */
import { bottomAxis, figureAxis, text } from '../../report/axes.ts';
import { color } from '../../report/colors.ts';
import { standaloneSvg } from '../../report/standalone-svg.ts';
import { drawSvg } from '../../report/svg-plot.ts';
import type { Measure, Sample } from './samples.ts';

export interface Happening {
  /** Seconds since the load began. */
  at: number;
  name: string;
}

const PANELS: [Measure, string][] = [
  ['resident', 'Memory of the largest instance (MB)'],
  ['sockets', 'Sockets of the instance with the most'],
  ['keys', 'Keys in Redis'],
];
const HEIGHT = 130;
const TOP = 104;
const GAP = 56;

/** As a file of SVG. */
export function plotSoak(samples: Sample[], happenings: Happening[]): string {
  const minutes = (seconds: number) => seconds / 60;
  const last = Math.ceil(minutes(samples.at(-1)?.at ?? 0));
  const svg = drawSvg({
    name: 'soak',
    description: `Memory, sockets and keys over ${last} minutes with ${happenings.length} faults.`,
    width: 900,
    height: TOP + PANELS.length * (HEIGHT + GAP),
    option: {
      title: {
        text: 'What grows while faults come and go',
        subtext: 'Each line is a fault: Redis or an instance goes, or the connection breaks.',
        left: 16,
        top: 8,
        textStyle: { color: color('ink'), fontSize: 17 },
        subtextStyle: text('pencil'),
      },
      grid: PANELS.map((_, i) => ({
        left: 60,
        right: 24,
        height: HEIGHT,
        top: TOP + i * (HEIGHT + GAP),
      })),
      xAxis: PANELS.map((_, gridIndex) => ({
        ...bottomAxis(gridIndex === PANELS.length - 1 ? 'Minutes' : ''),
        type: 'value' as const,
        max: last,
        gridIndex,
      })),
      yAxis: PANELS.map(([, name], gridIndex) => ({ ...figureAxis(name), gridIndex })),
      series: PANELS.map(([measure], i) => ({
        type: 'line' as const,
        xAxisIndex: i,
        yAxisIndex: i,
        showSymbol: false,
        lineStyle: { color: color('blue'), width: 2 },
        data: samples.map((sample) => [minutes(sample.at), sample[measure]]),
        markLine: {
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: color('clay'), type: 'solid' as const, width: 1 },
          data: happenings.map(({ at }) => ({ xAxis: minutes(at) })),
        },
      })),
    },
  });
  return standaloneSvg(svg);
}
