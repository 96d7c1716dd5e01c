/** Answers per second over time, by instance: how the load moves when instances come and go. */
import { blank, bottomAxis, figureAxis, text } from '../../../report/axes.ts';
import { color, seriesColor } from '../../../report/colors.ts';
import { count, formatCount } from '../../../report/numbers.ts';
import { drawSvg } from '../../../report/svg-plot.ts';
import type { Step } from '../../summary.ts';
import { instanceCount } from './instance-count.ts';
import { stepBands } from './step-bands.ts';
import { createTimeline, type InstanceTimeline, type Timeline } from './timeline.ts';

const WIDTH = 800;
const LEGEND_ENTRY = 130;
const LEGEND_COLUMNS = Math.floor((WIDTH - 48) / LEGEND_ENTRY);
const LEGEND_ROW = 24;
const ANSWERS = 240;
const FAULTS = 44;
const LABELS = 64; // room above the answers, for the names of the axis and of the steps
const NAME = 46; // room above the faults, for their name
const SECONDS = 48; // room below, for the labels of the seconds

/** As SVG. */
export function plotThroughput(steps: Step[]): string {
  const timeline = createTimeline(steps);
  const { instances, faults } = timeline;
  const hasFaults = faults.some((fault) => fault > 0);
  const rows = Math.ceil(instances.length / LEGEND_COLUMNS);
  const top = rows * LEGEND_ROW + LABELS;
  const bottomOfAnswers = top + ANSWERS;
  const bottom = hasFaults ? bottomOfAnswers + NAME + FAULTS : bottomOfAnswers;
  const faultsGrid = { left: 60, right: 16, top: bottomOfAnswers + NAME, height: FAULTS };
  return drawSvg({
    name: 'throughput',
    description: describe(steps, timeline),
    width: WIDTH,
    height: bottom + SECONDS,
    option: {
      title: instances.length > 0 ? [] : blank('No request was answered.'),
      legend: legend(),
      grid: [{ left: 60, right: 16, top, height: ANSWERS }, ...(hasFaults ? [faultsGrid] : [])],
      xAxis: [
        timeAxis(timeline, !hasFaults),
        ...(hasFaults ? [{ ...timeAxis(timeline, true), gridIndex: 1 }] : []),
      ],
      yAxis: [
        answersAxis(),
        ...(hasFaults ? [{ ...faultsAxis(Math.max(...faults)), gridIndex: 1 }] : []),
      ],
      series: [
        ...instances.map(area),
        stepBands(steps, timeline),
        ...(hasFaults ? [faultBars(faults)] : []),
      ],
    },
  });
}

function describe(steps: Step[], { instances, faults }: Timeline): string {
  const parts = steps.map(instanceCount).filter(Boolean);
  const sum = faults.reduce((total, fault) => total + fault, 0);
  return [
    `Answers per second over time, by instance: ${instances.map(({ name }) => name).join(', ') || 'no answers'}.`,
    ...(parts.length > 0 ? [`Steps: ${parts.join(', ')}.`] : []),
    sum > 0 ? `${count(sum, 'fault')}.` : 'No faults.',
  ].join(' ');
}

function legend() {
  return {
    left: 48,
    top: 0,
    itemWidth: 14,
    itemHeight: 14,
    icon: 'rect',
    itemGap: 32,
    selectedMode: false,
    textStyle: text('ink'),
  };
}

function timeAxis({ seconds }: Timeline, isLabelled: boolean) {
  const axis = bottomAxis(isLabelled ? 'Time (s)' : '');
  const every = tickEvery(seconds.length);
  const isTick = (i: number) => (seconds[0]! + i) % every === 0;
  return {
    ...axis,
    type: 'category' as const,
    boundaryGap: false,
    data: [...seconds, seconds.at(-1)! + 1].map(formatCount),
    axisTick: { ...axis.axisTick, show: isLabelled, interval: isTick },
    axisLabel: { ...axis.axisLabel, show: isLabelled, interval: isTick },
  };
}

function answersAxis() {
  return { ...figureAxis('Answers per second'), nameGap: 32, axisLabel: thousands() };
}

function faultsAxis(most: number) {
  return {
    ...figureAxis('Faults per second'),
    nameTextStyle: { ...figureAxis('').nameTextStyle, ...text('red') },
    max: most,
    interval: most,
    axisLabel: thousands(),
  };
}

function thousands() {
  return { ...text('pencil'), formatter: (value: number) => formatCount(value) };
}

function area({ name, index, life, answers }: InstanceTimeline) {
  const areaColor = index === null ? color('pencil') : seriesColor(index);
  return {
    type: 'line' as const,
    name,
    stack: 'answers',
    step: 'end' as const,
    data: ends(answers),
    symbol: 'none',
    lineStyle: { width: 0 },
    itemStyle: { color: areaColor, opacity: opacityOf(life) },
    areaStyle: { color: areaColor, opacity: opacityOf(life) },
  };
}

/** An index keeps its colour, which fades with every crash. */
function opacityOf(life: number): number {
  return Math.max(0.25, 1 - life * 0.4);
}

function faultBars(faults: number[]) {
  return {
    type: 'line' as const,
    step: 'end' as const,
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: ends(faults),
    symbol: 'none',
    lineStyle: { width: 0 },
    areaStyle: { color: color('red'), opacity: 1 },
  };
}

/** Lets the last second last as long as the others. */
function ends(values: number[]): number[] {
  return values.length > 0 ? [...values, values.at(-1)!] : [];
}

/** About ten labels, at round seconds. */
function tickEvery(seconds: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
  return steps.find((step) => seconds / step <= 12) ?? 3600;
}
