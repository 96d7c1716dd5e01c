/** What each contestant did in one scenario, as a table. */
import { markdownTable, type Column } from '../report/markdown-table.ts';
import {
  compare,
  findStanding,
  pick,
  type Sample,
  type ScenarioResult,
  type Standing,
} from './results.ts';
import { formatRange } from './spread.ts';
import { median } from './statistics.ts';

/** Ratios to the peer are shown where it takes part. */
export function scenarioTable(scenario: ScenarioResult, peer: string): string {
  const { standings } = scenario;
  const base = findStanding(scenario, scenario.base);
  const usual = standings.find(({ contestant }) => contestant === peer);
  return markdownTable(
    columns(usual),
    standings.map((standing) => describe(standing, base, usual)),
  );
}

function columns(usual?: Standing): Column[] {
  const figures = [
    'requests/s',
    '× bare',
    ...(usual ? ['× express'] : []),
    'CPU µs/request',
    'Redis commands/request',
    'Redis CPU µs/command',
    'p50 ms',
    'p99 ms',
  ];
  return [{ title: 'server' }, ...figures.map((title) => ({ title, isFigure: true }))];
}

function describe(standing: Standing, base: Standing, usual?: Standing): string[] {
  const middle = (figure: keyof Sample) => median(pick(standing, figure));
  const rateOver = (other: Standing) => compare(standing, other, 'requestsPerSecond');
  return [
    standing.contestant,
    middle('requestsPerSecond').toFixed(0),
    formatRange(rateOver(base)),
    ...(usual ? [rateOver(usual).median.toFixed(2)] : []),
    middle('cpuPerRequest').toFixed(1),
    standing.commandsPerRequest.toFixed(2),
    middle('redisCpuPerCommand').toFixed(2),
    middle('p50').toFixed(2),
    middle('p99').toFixed(2),
  ];
}
