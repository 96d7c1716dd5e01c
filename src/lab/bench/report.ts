/** Results as Markdown: a table per scenario and one of the servers, then the goals in plain words. */
import { type ColumnOf, figures, tabulate, words } from '../report/markdown-table.ts';
import { judge, type Verdict } from './goals.ts';
import {
  compare,
  type Conditions,
  findStanding,
  pick,
  type Results,
  type Sample,
  type ScenarioResult,
  type Standing,
} from './results.ts';
import { formatRange, median, spread } from './statistics.ts';

const BUSY = 0.9; // of a core: a server that used less was not the bottleneck

const ABOUT_FEEDING = `A model, from what was measured of one instance: Redis serves commands in one thread, so it has one
core to share among instances that have a core each. Whatever lies between them comes on top.`;

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

/** Ratios to the peer are shown where it takes part. */
function scenarioTable(scenario: ScenarioResult, peer: string): string {
  const { standings } = scenario;
  const base = findStanding(scenario, scenario.base);
  const usual = standings.find(({ contestant }) => contestant === peer);
  return tabulate(standings, [
    words('server', ({ contestant }) => contestant),
    medians('requests/s', 'requestsPerSecond', 0),
    figures('× bare', (standing) => formatRange(compare(standing, base, 'requestsPerSecond'))),
    ...(usual ? [figures('× express', (standing: Standing) => overPeer(standing, usual))] : []),
    medians('CPU µs/request', 'cpuPerRequest', 1),
    figures('Redis commands/request', ({ commandsPerRequest }) => commandsPerRequest.toFixed(2)),
    medians('Redis CPU µs/command', 'redisCpuPerCommand', 2),
    medians('p50 ms', 'p50', 2),
    medians('p99 ms', 'p99', 2),
  ]);
}

function medians(title: string, figure: keyof Sample, decimals: number): ColumnOf<Standing> {
  return figures(title, (standing) => median(pick(standing, figure)).toFixed(decimals));
}

function overPeer(standing: Standing, peer: Standing): string {
  return compare(standing, peer, 'requestsPerSecond').median.toFixed(2);
}

/** Names the servers that something else held back, so that their ratios compare little. */
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

function serverTable({ servers, scenarios }: Results): string {
  return tabulate(servers, [
    words('server', ({ contestant }) => contestant),
    figures('start-up ms', ({ startUps }) => formatRange(spread(startUps))),
    figures('idle MB', ({ idle }) => idle.toFixed(0)),
    figures('under load MB', ({ contestant }) =>
      Math.max(...residentUnderLoad(contestant, scenarios)).toFixed(0),
    ),
    figures('bytes/session in Redis', ({ sessionBytes }) => sessionBytes?.toFixed(0) ?? '–'),
  ]);
}

function residentUnderLoad(name: string, scenarios: ScenarioResult[]): number[] {
  return scenarios
    .flatMap(({ standings }) => standings)
    .filter(({ contestant }) => contestant === name)
    .flatMap((standing) => pick(standing, 'resident'));
}

function feedingTable({ scenarios, subject }: Results): string {
  const feedings = scenarios.map((scenario) => modelFeeding(scenario, subject));
  return tabulate(feedings, [
    words('scenario', ({ scenario }) => scenario),
    figures('an instance, requests/s', ({ rate }) => rate.toFixed(0)),
    figures('Redis CPU µs/request', ({ redisCpuPerRequest }) => redisCpuPerRequest.toFixed(1)),
    figures('of its core', ({ redisShare }) => `${(100 * redisShare).toFixed(1)} %`),
    figures('instances', ({ instances }) => String(instances)),
  ]);
}

interface Feeding {
  scenario: string;
  /** Requests per second of one instance with a core of its own. */
  rate: number;
  /** Microseconds. */
  redisCpuPerRequest: number;
  /** Of the one core that Redis can use, by one instance at that rate. */
  redisShare: number;
  instances: number;
}

/**
 * A model of what one Redis carries, made of what one instance was measured to cost. Redis serves
 * commands in one thread, so that a second of its time is the most there is. Instances
 * that are not at their limit send smaller batches, and each command costs more.
 */
export function modelFeeding(scenario: ScenarioResult, subject: string): Feeding {
  const standing = findStanding(scenario, subject);
  const rate = median(pick(standing, 'requestsPerSecond'));
  const redisCpuPerRequest =
    median(pick(standing, 'redisCpuPerCommand')) * standing.commandsPerRequest;
  const redisShare = (rate * redisCpuPerRequest) / 1_000_000;
  return {
    scenario: scenario.name,
    rate,
    redisCpuPerRequest,
    redisShare,
    instances: Math.floor(1 / redisShare),
  };
}

function verdictTable(verdicts: Verdict[]): string {
  return tabulate(verdicts, [
    words('scenario', ({ scenario }) => scenario),
    words('goal', ({ goal }) => goal),
    figures('measured', ({ measured }) => formatRange(measured)),
    words('', ({ isMet }) => (isMet ? 'met' : 'missed')),
  ]);
}

function conclusion(verdicts: Verdict[]): string {
  const { length } = verdicts;
  const missed = verdicts.filter(({ isMet }) => !isMet);
  if (missed.length === 0) return `All ${length} goals are met.`;
  return `Of ${length} goals ${length - missed.length} are met, ${missed.length} missed.`;
}
