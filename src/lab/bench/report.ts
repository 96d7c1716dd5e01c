/** Results as Markdown: a table per scenario and one of the servers, then the goals in plain words. */
import { judge, type Verdict } from './goals.ts';
import { markdownTable, type Column } from '../report/markdown-table.ts';
import { modelFeeding } from './model.ts';
import { pick, type Conditions, type Results, type ScenarioResult } from './results.ts';
import { scenarioTable } from './scenario-table.ts';
import { serverTable } from './server-table.ts';
import { formatRange } from './spread.ts';
import { median } from './statistics.ts';

const BUSY = 0.9; // of a core: a server that used less was not the bottleneck

const ABOUT_FEEDING = `A model, from what was measured of one instance: Redis serves commands in one thread, so it has one
core to share among instances that have a core each. Whatever lies between them comes on top.`;

const FEEDINGS: Column[] = [
  { title: 'scenario' },
  { title: 'an instance, requests/s', isFigure: true },
  { title: 'Redis CPU µs/request', isFigure: true },
  { title: 'of its core', isFigure: true },
  { title: 'instances', isFigure: true },
];

const VERDICTS: Column[] = [
  { title: 'scenario' },
  { title: 'goal' },
  { title: 'measured', isFigure: true },
  { title: '' },
];

/** Ends with a line feed. */
export function report(results: Results): string {
  const { conditions, subject, peer, scenarios } = results;
  const verdicts = judge(results);
  const sections = [
    `# ${subject} beside its limit and its peers`,
    describe(conditions),
    ...scenarios.flatMap((scenario) => [`## ${scenario.name}`, scenarioTable(scenario, peer)]),
    ...noteOnBottleneck(scenarios),
    '## The servers themselves',
    serverTable(results),
    '## How many instances one Redis feeds',
    ABOUT_FEEDING,
    feedingTable(results),
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
    'Start-up is from the start to the first answer; under load is the most that was seen.',
  ].join('\n');
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

/** A model: nothing of it was measured with more than one instance. */
function feedingTable({ scenarios, subject }: Results): string {
  const feedings = scenarios.map((scenario) => modelFeeding(scenario, subject));
  return markdownTable(
    FEEDINGS,
    feedings.map(({ scenario, rate, redisCpuPerRequest, redisShare, instances }) => [
      scenario,
      rate.toFixed(0),
      redisCpuPerRequest.toFixed(1),
      `${(100 * redisShare).toFixed(1)} %`,
      String(instances),
    ]),
  );
}

function verdictTable(verdicts: Verdict[]): string {
  const rows = verdicts.map(({ scenario, goal, measured, isMet }) => [
    scenario,
    goal,
    formatRange(measured),
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
