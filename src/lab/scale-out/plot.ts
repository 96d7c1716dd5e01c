/** The scale-out experiments as one plot: what more instances carry, beside the logins lost. */
import { axisFx, barY, ruleY, text, tickY } from '@observablehq/plot';
import { color, type ColorName } from '../report/colors.ts';
import { figureAxis, heading, legend } from '../report/marks.ts';
import { count, formatCount } from '../report/numbers.ts';
import { drawSvg, type Panel, standaloneSvg } from '../report/svg.ts';
import {
  EVENT_NAMES,
  type Results,
  type Run,
  SCENARIO_NAMES,
  SESSION_NAMES,
  shareLost,
  speedUp,
  type Throughput,
} from './results.ts';

const WIDTH = 1000;
const TOP = 106; // for the title and the legends
const HEIGHT = 310;
const MIDDLE = 570;

/** The figure above a bar, which a tick may cross: small enough not to touch the next one. */
const FIGURE = {
  text: 'label',
  dy: -10,
  fontSize: 10.5,
  fontWeight: 'bold',
  fill: color('ink'),
  stroke: color('card'),
};

/** The bars of each group, by name. */
type Series = Record<string, { name: string; fill: ColorName }>;

const LOADS: Series = {
  keys: { name: SCENARIO_NAMES.keys, fill: 'series-0' },
  'signed-in': { name: SCENARIO_NAMES['signed-in'], fill: 'series-2' },
  mixed: { name: SCENARIO_NAMES.mixed, fill: 'series-3' },
};

const STORES: Series = {
  memory: { name: `sessions ${SESSION_NAMES.memory}`, fill: 'red' },
  'memory, sticky': { name: 'sticky router', fill: 'clay' },
  redis: { name: SESSION_NAMES.redis, fill: 'blue' },
};

interface Bar {
  group: string;
  series: string;
  value: number;
  label: string;
  /** The height of a line to compare the bar with. */
  ideal?: number;
}

interface Groups {
  series: Series;
  bars: Bar[];
  /** Of the vertical axis. */
  label: string;
  most: number;
  format: (value: number) => string;
}

/** As SVG for a README, readable on light and on dark pages. The subtitle names the conditions. */
export function plotScaleOut({ throughput, runs }: Results, subtitle = ''): string {
  const mostInstances = Math.max(0, ...runs.map(({ instances }) => instances));
  const shown = runs.filter(({ instances }) => instances === mostInstances);
  const title = `${describeThroughput(throughput)}, and ${describeLogins(runs)}`;
  const rates = draw({
    series: LOADS,
    bars: throughput.map((result) => toRate(result, throughput)),
    label: 'Requests per second (line: so many times what one instance carries)',
    most: 1.1 * Math.max(1, ...throughput.map(({ rate }) => rate)),
    format: formatCount,
  });
  const losses = draw({
    series: STORES,
    bars: shown.map(toLoss),
    label: `Logins lost, of ${count(mostInstances, 'instance')}`,
    most: 1,
    format: (share) => `${(100 * share).toFixed(0)} %`,
  });
  const svg = drawSvg({
    description: `${title}. ${subtitle}`.trim(),
    width: WIDTH,
    height: TOP + HEIGHT,
    panels: [
      { ...heading(title, subtitle), width: WIDTH },
      { ...legendOf(LOADS, 150), left: 16, top: 68 },
      { ...legendOf(STORES, 158), left: MIDDLE + 8, top: 68 },
      { ...rates, width: MIDDLE, top: TOP },
      { ...losses, width: WIDTH - MIDDLE, left: MIDDLE, top: TOP },
    ],
  });
  return standaloneSvg(svg);
}

function toRate(result: Throughput, all: Throughput[]): Bar {
  const { scenario, instances, rate } = result;
  const times = speedUp(result, all);
  return {
    group: count(instances, 'instance'),
    series: scenario,
    value: rate,
    label: formatCount(rate),
    ...(times && instances > 1 && { ideal: (instances * rate) / times }),
  };
}

function toLoss(run: Run): Bar {
  return {
    group: EVENT_NAMES[run.event],
    series: run.sessions,
    value: shareLost(run),
    label: formatCount(run.loginsLost),
  };
}

function describeThroughput(throughput: Throughput[]): string {
  const four = throughput.filter(({ instances }) => instances === 4);
  const times = four.flatMap((result) => speedUp(result, throughput) ?? []);
  if (times.length === 0) return 'Nothing was measured with four instances';
  const [least, most] = [Math.min(...times).toFixed(1), Math.max(...times).toFixed(1)];
  return `Four instances carry ${least === most ? least : `${least} to ${most}`} times what one does`;
}

function describeLogins(runs: Run[]): string {
  const lost = runs
    .filter(({ sessions }) => sessions === 'redis')
    .reduce((sum, { loginsLost }) => sum + loginsLost, 0);
  return lost === 0 ? 'lose no login in Redis' : `lose ${count(lost, 'login')} in Redis`;
}

function legendOf(series: Series, width: number): Panel {
  const entries = Object.values(series).map(({ name, fill }) => ({
    name,
    color: color(fill),
    opacity: 1,
  }));
  return legend(entries, entries.length, width);
}

/** Groups of bars, each with its figure above it. */
function draw({ series, bars, label, most, format }: Groups): Panel {
  const place = { fx: 'group', x: 'series', y: 'value' };
  return {
    height: HEIGHT,
    marginLeft: 60,
    marginRight: 10,
    marginTop: 44,
    marginBottom: 46,
    fx: { domain: [...new Set(bars.map(({ group }) => group))], axis: null, padding: 0.12 },
    x: { domain: Object.keys(series), axis: null, padding: 0.1 },
    y: { domain: [0, most], clamp: true },
    marks: [
      figureAxis('', { tickFormat: format }),
      axisFx({ anchor: 'bottom', label: null, color: color('ink'), lineWidth: 8 }),
      text([label], {
        fx: () => bars[0]?.group,
        frameAnchor: 'top-left',
        textAnchor: 'start',
        dx: -44,
        dy: -28,
        fill: color('pencil'),
      }),
      barY(bars, { ...place, fill: (bar: Bar) => color(series[bar.series]!.fill), rx: 3 }),
      tickY(bars.filter(isBelow), { ...place, y: 'ideal', stroke: color('pencil') }),
      ruleY([0], { stroke: color('pencil') }),
      text(bars, { ...place, ...FIGURE }),
    ],
  };

  function isBelow({ ideal = Infinity }: Bar): boolean {
    return ideal <= most;
  }
}
