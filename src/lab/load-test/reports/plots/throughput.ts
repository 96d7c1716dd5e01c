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
import { drawSvg, type Panel, WIDE } from '../../../report/svg.ts';
import { instanceCount, type Step } from '../../summary.ts';
import { createTimeline, fromZero, type InstanceTimeline, type Timeline } from './timeline.ts';

const LEGEND_LEFT = 48;
const LEGEND_COLUMN = 130;
const ANSWERS = 240;
const FAILURES = 44;
const LABELS = 64; // room above the answers, for the names of the axis and of the steps
const NAME = 46; // room above the failures, for their name
const SECONDS = 48; // room below, for the labels of the seconds
const STEP_NAME = 96; // room for the name of a step

/** As SVG, so many pixels wide. */
export function plotThroughput(allSteps: Step[], width = WIDE): string {
  const steps = fromZero(allSteps);
  const timeline = createTimeline(steps);
  const { instances, failures } = timeline;
  const hasFailures = failures.some((failure) => failure > 0);
  const columns = Math.floor((width - LEGEND_LEFT) / LEGEND_COLUMN);
  const top = LEGEND_ROW * Math.ceil(instances.length / columns);
  const height = top + LABELS + ANSWERS + SECONDS;
  return drawSvg({
    description: describe(steps, timeline),
    width,
    height: hasFailures ? height + NAME + FAILURES : height,
    panels: [
      { ...legend(instances.map(legendEntry), columns, LEGEND_COLUMN), left: LEGEND_LEFT },
      { ...answersPanel(steps, timeline, !hasFailures, width), top },
      ...(hasFailures ? [{ ...failuresPanel(timeline, width), top: top + LABELS + ANSWERS }] : []),
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

function answersPanel(
  steps: Step[],
  timeline: Timeline,
  isLabelled: boolean,
  width: number,
): Panel {
  const { seconds, instances } = timeline;
  const bands = stepBands(steps, timeline, width);
  const areas = instances.flatMap((instance) =>
    untilNextSecond(seconds, instance.answers).map(([second, answers]) => ({
      ...legendEntry(instance),
      second,
      answers,
    })),
  );
  return {
    ...timePanel(timeline, isLabelled, { width, above: LABELS, height: ANSWERS }),
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
      isLabelled ? timeAxis(timeline, width) : null,
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

function failuresPanel(timeline: Timeline, width: number): Panel {
  const { seconds, failures } = timeline;
  const most = Math.max(...failures);
  return {
    ...timePanel(timeline, true, { width, above: NAME, height: FAILURES }),
    y: { domain: [0, most] },
    marks: [
      figureAxis('Failures per second', { ticks: [0, most], color: color('red') }),
      areaY(untilNextSecond(seconds, failures), {
        x: '0',
        y: '1',
        fill: color('red'),
        curve: 'step-after',
      }),
      timeAxis(timeline, width),
    ],
  };
}

function timePanel(
  { seconds }: Timeline,
  isLabelled: boolean,
  { width, above, height }: { width: number; above: number; height: number },
): Panel {
  const below = isLabelled ? SECONDS : 2;
  return {
    width,
    height: above + height + below,
    marginLeft: 60,
    marginRight: 16,
    marginTop: above,
    marginBottom: below,
    x: { domain: [seconds[0] ?? 0, (seconds.at(-1) ?? 0) + 1] },
  };
}

function timeAxis({ seconds }: Timeline, width: number) {
  const ticks = Math.min(width / 80, seconds.length);
  return bottomAxis('Time (s)', { ticks, tickFormat: String });
}

/** Pairs of second and figure. The last second is as wide as the others. */
function untilNextSecond(seconds: number[], figures: number[]): [number, number][] {
  const pairs = seconds.map((second, i): [number, number] => [second, figures[i]!]);
  return pairs.length > 0 ? [...pairs, [seconds.at(-1)! + 1, figures.at(-1)!]] : [];
}

/** Where each step begins on the timeline, and its name; only the number where it is narrow. */
function stepBands(steps: Step[], { seconds }: Timeline, width: number) {
  const begun = steps.filter(({ timeline }) => timeline.length > 0);
  const begins = begun.map(({ timeline }) => timeline[0]!.second);
  return begun.map((step, i) => {
    const begin = begins[i]!;
    const end = begins[i + 1] ?? seconds.at(-1)! + 1;
    const isNarrow = ((end - begin) / seconds.length) * width < STEP_NAME;
    const name = isNarrow ? String(step.count ?? '') : instanceCount(step);
    return { begin, middle: (begin + end) / 2, name };
  });
}
