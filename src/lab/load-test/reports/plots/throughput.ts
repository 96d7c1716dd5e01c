/** Answers per second over time, by instance: how the load moves when instances come and go. */
import { areaY, ruleX, text } from '@observablehq/plot';
import { color, seriesColor } from '../../../report/colors.ts';
import {
  bottomAxis,
  figureAxis,
  legend,
  LEGEND_ROW,
  type LegendEntry,
  note,
} from '../../../report/marks.ts';
import { count } from '../../../report/numbers.ts';
import { drawSvg, type Panel } from '../../../report/svg.ts';
import { instanceCount, type Step } from '../../summary.ts';
import { createTimeline, type InstanceTimeline, type Timeline } from './timeline.ts';

const WIDTH = 800;
const LEGEND_LEFT = 48;
const LEGEND_COLUMN = 130;
const LEGEND_COLUMNS = Math.floor((WIDTH - LEGEND_LEFT) / LEGEND_COLUMN);
const ANSWERS = 240;
const FAILURES = 44;
const LABELS = 64; // room above the answers, for the names of the axis and of the steps
const NAME = 46; // room above the failures, for their name
const SECONDS = 48; // room below, for the labels of the seconds
const NARROW = 0.12; // of all time: a step too narrow for more than a figure

/** As SVG. */
export function plotThroughput(steps: Step[]): string {
  const timeline = createTimeline(steps);
  const { instances, failures } = timeline;
  const hasFailures = failures.some((failure) => failure > 0);
  const top = LEGEND_ROW * Math.ceil(instances.length / LEGEND_COLUMNS);
  const height = top + LABELS + ANSWERS + SECONDS;
  return drawSvg({
    description: describe(steps, timeline),
    width: WIDTH,
    height: hasFailures ? height + NAME + FAILURES : height,
    panels: [
      { ...legend(instances.map(legendEntry), LEGEND_COLUMNS, LEGEND_COLUMN), left: LEGEND_LEFT },
      { ...answersPanel(steps, timeline, !hasFailures), top },
      ...(hasFailures ? [{ ...failuresPanel(timeline), top: top + LABELS + ANSWERS }] : []),
    ],
  });
}

function describe(steps: Step[], { instances, failures }: Timeline): string {
  const parts = steps.map(instanceCount).filter(Boolean);
  const sum = failures.reduce((total, failure) => total + failure, 0);
  return [
    `Answers per second over time, by instance: ${instances.map(({ name }) => name).join(', ') || 'no answers'}.`,
    ...(parts.length > 0 ? [`Steps: ${parts.join(', ')}.`] : []),
    sum > 0 ? `${count(sum, 'failure')}.` : 'No failures.',
  ].join(' ');
}

/** An index keeps its colour, which fades with every crash. */
function legendEntry({ name, index, life }: InstanceTimeline): LegendEntry {
  return {
    name,
    color: index === null ? color('pencil') : seriesColor(index),
    opacity: Math.max(0.25, 1 - life * 0.4),
  };
}

function answersPanel(steps: Step[], timeline: Timeline, isLabelled: boolean): Panel {
  const { seconds, instances } = timeline;
  const bands = stepBands(steps, timeline);
  const areas = instances.flatMap((instance) =>
    untilNextSecond(seconds, instance.answers).map(([second, answers]) => ({
      ...legendEntry(instance),
      second,
      answers,
    })),
  );
  return {
    ...timePanel(timeline, isLabelled, { above: LABELS, height: ANSWERS }),
    opacity: { type: 'identity' },
    y: { nice: 4 },
    marks: [
      figureAxis('Answers per second', { offset: 44 }),
      areaY(areas, {
        x: 'second',
        y: 'answers',
        z: 'name',
        fill: 'color',
        fillOpacity: 'opacity',
        curve: 'step-after',
      }),
      isLabelled ? timeAxis(timeline) : null,
      ruleX(bands.slice(1), {
        x: 'begin',
        stroke: color('ink'),
        strokeWidth: 1.5,
        strokeDasharray: '5 4',
      }),
      text(bands, { x: 'middle', text: 'name', frameAnchor: 'top', dy: -20, fontWeight: 'bold' }),
      instances.length > 0 ? null : note('No request was answered.'),
    ],
  };
}

function failuresPanel(timeline: Timeline): Panel {
  const { seconds, failures } = timeline;
  const most = Math.max(...failures);
  return {
    ...timePanel(timeline, true, { above: NAME, height: FAILURES }),
    y: { domain: [0, most] },
    marks: [
      figureAxis('Failures per second', { ticks: [0, most], color: color('red') }),
      areaY(untilNextSecond(seconds, failures), {
        x: '0',
        y: '1',
        fill: color('red'),
        curve: 'step-after',
      }),
      timeAxis(timeline),
    ],
  };
}

function timePanel(
  { seconds }: Timeline,
  isLabelled: boolean,
  { above, height }: { above: number; height: number },
): Panel {
  const below = isLabelled ? SECONDS : 2;
  return {
    width: WIDTH,
    height: above + height + below,
    marginLeft: 60,
    marginRight: 16,
    marginTop: above,
    marginBottom: below,
    x: { domain: [seconds[0] ?? 0, (seconds.at(-1) ?? 0) + 1] },
  };
}

function timeAxis({ seconds }: Timeline) {
  return bottomAxis('Time (s)', { ticks: Math.min(10, seconds.length), tickFormat: String });
}

/** Pairs of second and figure. The last second is as wide as the others. */
function untilNextSecond(seconds: number[], figures: number[]): [number, number][] {
  const pairs = seconds.map((second, i): [number, number] => [second, figures[i]!]);
  return pairs.length > 0 ? [...pairs, [seconds.at(-1)! + 1, figures.at(-1)!]] : [];
}

/** Where each step begins on the timeline, and its name; only the number where it is narrow. */
function stepBands(steps: Step[], { seconds }: Timeline) {
  const begun = steps.filter(({ timeline }) => timeline.length > 0);
  const begins = begun.map(({ timeline }) => timeline[0]!.second);
  return begun.map((step, i) => {
    const begin = begins[i]!;
    const end = begins[i + 1] ?? seconds.at(-1)! + 1;
    const isNarrow = end - begin < NARROW * seconds.length;
    const name = isNarrow ? String(step.count ?? '') : instanceCount(step);
    return { begin, middle: (begin + end) / 2, name };
  });
}
