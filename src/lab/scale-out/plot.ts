/** The scale-out experiment as one plot: the share of logins lost, a row for each event. */
import { bottomAxis, figureAxis, text } from '../report/axes.ts';
import { color, type ColorName } from '../report/colors.ts';
import { count, formatCount } from '../report/numbers.ts';
import { standaloneSvg } from '../report/standalone-svg.ts';
import { drawSvg } from '../report/svg-plot.ts';
import { EVENT_NAMES, EVENTS, SESSION_NAMES, SESSIONS, shareLost, type Run } from './experiment.ts';

const COLORS: Record<Run['sessions'], ColorName> = {
  memory: 'red',
  'memory, sticky': 'clay',
  redis: 'blue',
};

const TOP = 88; // for the title and the legend
const SUBTITLE = 22;
const ROW = 172;
const PANEL = 96; // of a row; the rest is for its name and its labels
const LEFT = 64;
const RIGHT = 24;

interface Conditions {
  /** What else the figures mean, such as how many cores there were. */
  subtitle?: string;
}

/** As SVG for a README, readable on light and on dark pages. */
export function plotScaleOut(runs: Run[], { subtitle = '' }: Conditions = {}): string {
  const counts = [...new Set(runs.map(({ instances }) => instances))].toSorted((a, b) => a - b);
  const top = TOP + (subtitle ? SUBTITLE : 0);
  const panelTops = EVENTS.map((_, row) => top + 26 + row * ROW);
  const most = Math.max(1, ...runs.map(shareLost));
  const svg = drawSvg({
    name: 'scale-out',
    description: describe(runs, subtitle),
    width: 900,
    height: top + EVENTS.length * ROW + 34,
    option: {
      title: [heading(subtitle), ...EVENTS.map((event, row) => rowName(event, panelTops[row]!))],
      legend: legend(top - 28),
      grid: panelTops.map((panelTop) => ({
        left: LEFT,
        right: RIGHT,
        top: panelTop + 26,
        height: PANEL,
      })),
      xAxis: EVENTS.map((_, gridIndex) => ({ ...countAxis(counts, gridIndex), gridIndex })),
      yAxis: EVENTS.map((_, gridIndex) => ({ ...shareAxis(most), gridIndex })),
      series: EVENTS.flatMap((event, row) =>
        SESSIONS.map((sessions) => ({
          ...bars(runs, { event, sessions, counts }),
          xAxisIndex: row,
          yAxisIndex: row,
        })),
      ),
    },
  });
  return standaloneSvg(svg);
}

function describe(runs: Run[], subtitle: string): string {
  const sums = SESSIONS.map((sessions) => {
    const lost = runs
      .filter((run) => run.sessions === sessions)
      .reduce((sum, { loginsLost }) => sum + loginsLost, 0);
    return `${formatCount(lost)} with sessions ${SESSION_NAMES[sessions]}`;
  });
  const runCount = count(runs.length, 'run');
  return `Logins lost in ${runCount}: ${sums.join(', ')}. ${subtitle}`.trim();
}

function heading(subtitle: string) {
  return {
    text: 'Share of logins lost, and their number',
    subtext: subtitle,
    left: 16,
    top: 14,
    itemGap: 8,
    textStyle: { color: color('ink'), fontSize: 20, fontWeight: 'bold' as const },
    subtextStyle: { ...text('pencil'), fontSize: 14 },
  };
}

function legend(top: number) {
  return {
    left: 16,
    top,
    itemWidth: 14,
    itemHeight: 14,
    itemGap: 48,
    selectedMode: false,
    textStyle: { color: color('ink'), fontSize: 15 },
    data: SESSIONS.map((sessions) => `Sessions ${SESSION_NAMES[sessions]}`),
  };
}

function rowName(event: Run['event'], top: number) {
  return {
    text: EVENT_NAMES[event],
    left: 16,
    top: top - 22,
    padding: 5,
    textStyle: { color: color('ink'), fontSize: 15, fontWeight: 'bold' as const },
  };
}

function countAxis(counts: number[], row: number) {
  const axis = bottomAxis(row === EVENTS.length - 1 ? 'Instances' : '');
  return {
    ...axis,
    type: 'category' as const,
    data: counts.map(formatCount),
    axisTick: { show: false },
    axisLabel: { ...axis.axisLabel, fontSize: 14 },
    nameTextStyle: { ...axis.nameTextStyle, fontSize: 14 },
  };
}

function shareAxis(most: number) {
  return {
    ...figureAxis(''),
    max: most,
    interval: 0.5,
    axisLabel: { ...text('pencil'), formatter: (share: number) => `${(share * 100).toFixed(0)} %` },
  };
}

interface Place {
  event: Run['event'];
  sessions: Run['sessions'];
  counts: number[];
}

function bars(runs: Run[], { event, sessions, counts }: Place) {
  const found = counts.map((instances) =>
    runs.find(
      (run) => run.event === event && run.sessions === sessions && run.instances === instances,
    ),
  );
  return {
    type: 'bar' as const,
    name: `Sessions ${SESSION_NAMES[sessions]}`,
    data: found.map((run) => ({
      value: run ? shareLost(run) : 0,
      label: { color: color(sessions === 'redis' ? 'blue' : 'ink') },
    })),
    itemStyle: { color: color(COLORS[sessions]), borderRadius: [3, 3, 0, 0] },
    barGap: '12%',
    barCategoryGap: '24%',
    label: {
      show: true,
      position: 'top' as const,
      distance: 4,
      fontSize: 14,
      fontWeight: 'bold' as const,
      formatter: ({ dataIndex }: { dataIndex: number }) => labelOf(found[dataIndex]),
    },
  };
}

/** Where none was lost there is no bar, so the label says it. */
function labelOf(run: Run | undefined): string {
  if (!run) return 'not run';
  return run.loginsLost === 0 ? '0 lost' : formatCount(run.loginsLost);
}
