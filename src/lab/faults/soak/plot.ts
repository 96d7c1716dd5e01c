/** The samples of a soak over time, with the faults as lines. */
import { lineY, ruleX } from '@observablehq/plot';
import { color } from '../../report/colors.ts';
import { bottomAxis, figureAxis, heading } from '../../report/marks.ts';
import { drawSvg, type Panel, standaloneSvg } from '../../report/svg.ts';
import type { Measure, Sample } from './growth.ts';

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
const WIDTH = 900;
const TOP = 72; // for the title
const ROW = 186;

/** As a file of SVG. */
export function plotSoak(samples: Sample[], happenings: Happening[]): string {
  const last = Math.ceil((samples.at(-1)?.at ?? 0) / 60);
  const svg = drawSvg({
    description: `Memory, sockets and keys over ${last} minutes with ${happenings.length} faults.`,
    width: WIDTH,
    height: TOP + PANELS.length * ROW + 34,
    panels: [
      heading(
        'What grows while faults come and go',
        'Each line is a fault: Redis or an instance goes, or the connection breaks.',
      ),
      ...PANELS.map(([measure, name], i) => ({ ...panel(measure, name), top: TOP + i * ROW })),
    ],
  });
  return standaloneSvg(svg);

  function panel(measure: Measure, name: string): Panel {
    const isLast = measure === PANELS.at(-1)![0];
    return {
      width: WIDTH,
      height: ROW + 34,
      marginLeft: 60,
      marginRight: 24,
      marginTop: 44,
      marginBottom: 46,
      x: { domain: [0, last] },
      y: { zero: true, nice: 4 },
      marks: [
        figureAxis(name),
        ruleX(happenings, { x: ({ at }: Happening) => at / 60, stroke: () => color('clay') }),
        lineY(samples, {
          x: ({ at }: Sample) => at / 60,
          y: measure,
          stroke: color('blue'),
          strokeWidth: 2,
        }),
        bottomAxis(isLast ? 'Minutes' : ''),
      ],
    };
  }
}
