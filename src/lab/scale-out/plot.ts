/** The scale-out experiment as one plot: the share of logins lost, a row for each event. */
import { axisFx, barY, ruleY, text } from '@observablehq/plot';
import { color, type ColorName } from '../report/colors.ts';
import { figureAxis, heading, legend } from '../report/marks.ts';
import { count, formatCount } from '../report/numbers.ts';
import { drawSvg, type Panel, standaloneSvg } from '../report/svg.ts';
import { EVENT_NAMES, EVENTS, SESSION_NAMES, SESSIONS, shareLost, type Run } from './results.ts';

const COLORS: Record<Run['sessions'], ColorName> = {
  memory: 'red',
  'memory, sticky': 'clay',
  redis: 'blue',
};

const WIDTH = 900;
const TOP = 88; // for the title and the legend
const SUBTITLE = 22;
const ROW = 172;
const NAME = 34; // for the name of the axis
const LEFT = 16;

interface Conditions {
  /** A note, such as the number of cores. */
  subtitle?: string;
}

/** As SVG for a README, readable on light and on dark pages. */
export function plotScaleOut(runs: Run[], { subtitle = '' }: Conditions = {}): string {
  const top = TOP + (subtitle ? SUBTITLE : 0);
  const entries = SESSIONS.map((sessions) => ({
    name: `Sessions ${SESSION_NAMES[sessions]}`,
    color: color(COLORS[sessions]),
    opacity: 1,
  }));
  const svg = drawSvg({
    description: describe(runs, subtitle),
    width: WIDTH,
    height: top + EVENTS.length * ROW + NAME,
    panels: [
      heading('Share of logins lost, and their number', subtitle),
      { ...legend(entries, SESSIONS.length, 286), left: LEFT, top: top - 32 },
      { ...bars(runs), top },
    ],
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

/** A row of bars for each event, with a group for each number of instances. */
function bars(runs: Run[]): Panel {
  const counts = [...new Set(runs.map(({ instances }) => instances))].toSorted((a, b) => a - b);
  const groups = EVENTS.flatMap((event) => counts.map((instances) => ({ event, instances })));
  const places = groups.flatMap((group) =>
    SESSIONS.map((sessions) => ({ sessions, ...group, run: find(runs, { sessions, ...group }) })),
  );
  const most = Math.max(1, ...runs.map(shareLost));
  const ticks = [0, 0.5, 1].filter((share) => share <= most);
  const facet = { fx: 'instances', fy: 'event' };
  const place = { ...facet, x: 'sessions', y: lostAt };
  return {
    width: WIDTH,
    height: EVENTS.length * ROW + NAME,
    marginLeft: 64,
    marginRight: 24,
    marginTop: 0,
    marginBottom: NAME,
    fx: { domain: counts, axis: null },
    fy: { domain: EVENTS, axis: null, paddingInner: 0.48, paddingOuter: 0.24 },
    x: { domain: SESSIONS, axis: null, padding: 0.1 },
    y: { domain: [0, most] },
    marks: [
      axisFx({
        ticks: [],
        label: 'Instances',
        labelAnchor: 'center',
        labelArrow: 'none',
        anchor: 'bottom',
        labelOffset: 46,
        color: color('pencil'),
      }),
      figureAxis('', { ticks, tickFormat: percent }),
      barY(places, { ...place, fill: (at: Place) => color(COLORS[at.sessions]), rx: 3 }),
      ruleY([0], { stroke: color('pencil') }),
      text(EVENTS, {
        fx: () => counts[0],
        fy: (event: Run['event']) => event,
        text: (event: Run['event']) => EVENT_NAMES[event],
        frameAnchor: 'top-left',
        textAnchor: 'start',
        dx: LEFT - 64,
        dy: -42,
        fontSize: 15,
        fontWeight: 'bold',
      }),
      text(groups, {
        ...facet,
        text: 'instances',
        frameAnchor: 'bottom',
        dy: 18,
        fill: color('pencil'),
        fontSize: 14,
      }),
      text(places, {
        ...place,
        text: labelAt,
        fill: (at: Place) => color(at.sessions === 'redis' ? 'blue' : 'ink'),
        dy: -11,
        fontSize: 14,
        fontWeight: 'bold',
      }),
    ],
  };
}

type Place = Pick<Run, 'event' | 'sessions' | 'instances'> & { run?: Run };

function find(runs: Run[], { event, sessions, instances }: Place): Run | undefined {
  return runs.find(
    (run) => run.event === event && run.sessions === sessions && run.instances === instances,
  );
}

function lostAt({ run }: Place): number {
  return run ? shareLost(run) : 0;
}

/** Where no login was lost there is no bar, so the label says it. */
function labelAt({ run }: Place): string {
  if (!run) return 'not run';
  return run.loginsLost === 0 ? '0 lost' : formatCount(run.loginsLost);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
