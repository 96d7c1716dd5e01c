/** Results as Markdown: one table per scenario, then the goals in plain words. */
import { judge, type Verdict } from './goals.ts';
import { markdownTable, type Column } from '../report/markdown-table.ts';
import {
  compare,
  findStanding,
  pick,
  type Conditions,
  type Results,
  type Sample,
  type ScenarioResult,
  type Standing,
} from './results.ts';
import { median, type Spread } from './statistics.ts';

const BUSY = 0.9; // of a core: a server that used less was not the bottleneck

const FIGURES: Column[] = [
  { title: 'server' },
  { title: 'requests/s', isFigure: true },
  { title: '× bare', isFigure: true },
  { title: 'CPU µs/request', isFigure: true },
  { title: 'CPU × bare', isFigure: true },
  { title: 'of its core', isFigure: true },
  { title: 'Redis commands/request', isFigure: true },
  { title: 'Redis CPU µs/command', isFigure: true },
  { title: 'Redis × bare', isFigure: true },
  { title: 'p50 ms', isFigure: true },
  { title: 'p99 ms', isFigure: true },
  { title: 'p99 × bare', isFigure: true },
  { title: 'resident MB', isFigure: true },
];

const VERDICTS: Column[] = [
  { title: 'scenario' },
  { title: 'goal' },
  { title: 'measured', isFigure: true },
  { title: '' },
];

/** Ends with a line feed. */
export function report(results: Results): string {
  const { conditions, subject, scenarios } = results;
  const verdicts = judge(results);
  const sections = [
    `# ${subject} beside its limit`,
    describe(conditions),
    ...scenarios.flatMap((scenario) => [`## ${scenario.name}`, compareAll(scenario)]),
    ...noteOnBottleneck(scenarios),
    `## Goals of ${subject}`,
    verdictTable(verdicts),
    conclusion(verdicts),
  ];
  return `${sections.join('\n\n')}\n`;
}

function describe({ connections, rounds, seconds, warmUp, pinned, cores, versions }: Conditions) {
  const { node, redis, wrk } = versions;
  const pinning = pinned
    ? 'The server ran on core 0, Redis and wrk on core 1.'
    : 'Nothing was pinned to a core, so the figures waver more.';
  return [
    `${connections} keep-alive connections; ${rounds} rounds of ${seconds} s after ${warmUp} s of warm-up.`,
    `Node ${node}, Redis ${redis}, wrk ${wrk}, ${cores} cores. ${pinning}`,
    'Medians over the rounds; ratios to the bare server of the same round (minimum to maximum).',
    'Redis commands are those that the server sent; what Lua scripts call is part of the script.',
  ].join('\n');
}

function compareAll(scenario: ScenarioResult): string {
  const base = findStanding(scenario, scenario.base);
  return markdownTable(
    FIGURES,
    scenario.standings.map((standing) => compareOne(standing, base)),
  );
}

function compareOne(standing: Standing, base: Standing): string[] {
  const middle = (figure: keyof Sample) => median(pick(standing, figure));
  const ratio = (figure: keyof Sample) => compare(standing, base, figure);
  return [
    standing.contestant,
    middle('requestsPerSecond').toFixed(0),
    range(ratio('requestsPerSecond')),
    middle('cpuPerRequest').toFixed(1),
    ratio('cpuPerRequest').median.toFixed(2),
    `${(middle('coreShare') * 100).toFixed(0)} %`,
    standing.commandsPerRequest.toFixed(2),
    middle('redisCpuPerCommand').toFixed(2),
    ratio('redisCpuPerCommand').median.toFixed(2),
    middle('p50').toFixed(2),
    middle('p99').toFixed(2),
    range(ratio('p99')),
    Math.max(...pick(standing, 'resident')).toFixed(0),
  ];
}

/** Says where a ratio is not one of the servers, but of whatever held them back. */
function noteOnBottleneck(scenarios: ScenarioResult[]): string[] {
  const idle = scenarios.flatMap(({ name, standings }) =>
    standings
      .filter((standing) => median(pick(standing, 'coreShare')) < BUSY)
      .map(({ contestant }) => `- ${contestant}, ${name}`),
  );
  if (idle.length === 0) return [];
  return [
    'Here the server left part of its core unused, so that Redis, wrk or other work on the\n' +
      'machine was the limit; compare the CPU time per request instead:',
    idle.join('\n'),
  ];
}

function verdictTable(verdicts: Verdict[]): string {
  const rows = verdicts.map(({ scenario, goal, measured, isMet }) => [
    scenario,
    goal,
    range(measured),
    isMet ? 'met' : 'missed',
  ]);
  return markdownTable(VERDICTS, rows);
}

function conclusion(verdicts: Verdict[]): string {
  const { length } = verdicts;
  const missed = verdicts.filter(({ isMet }) => !isMet);
  if (missed.length === 0) return `All ${length} goals are met.`;
  return `Of ${length} goals ${length - missed.length} are met, ${missed.length} missed.`;
}

function range({ median: middle, minimum, maximum }: Spread): string {
  const [figure, least, most] = [middle, minimum, maximum].map(round);
  return `${figure} (${least} to ${most})`;
}

/** Two decimals for ratios and microseconds, none for megabytes. */
function round(value: number): string {
  return value.toFixed(value < 20 ? 2 : 0);
}
