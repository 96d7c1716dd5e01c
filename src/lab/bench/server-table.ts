/** What each contestant needs, whatever it is asked, as a table. */
import { markdownTable, type Column } from '../report/markdown-table.ts';
import { pick, type Results, type ScenarioResult, type ServerResult } from './results.ts';
import { formatRange } from './spread.ts';
import { spread } from './statistics.ts';

const COLUMNS: Column[] = [
  { title: 'server' },
  { title: 'start-up ms', isFigure: true },
  { title: 'idle MB', isFigure: true },
  { title: 'under load MB', isFigure: true },
  { title: 'bytes/session in Redis', isFigure: true },
];

export function serverTable({ servers, scenarios }: Results): string {
  return markdownTable(
    COLUMNS,
    servers.map((server) => describe(server, scenarios)),
  );
}

function describe(server: ServerResult, scenarios: ScenarioResult[]): string[] {
  const { contestant, startUps, idle, sessionBytes } = server;
  return [
    contestant,
    formatRange(spread(startUps)),
    idle.toFixed(0),
    Math.max(...residentUnderLoad(contestant, scenarios)).toFixed(0),
    sessionBytes?.toFixed(0) ?? '–',
  ];
}

function residentUnderLoad(name: string, scenarios: ScenarioResult[]): number[] {
  return scenarios
    .flatMap(({ standings }) => standings)
    .filter(({ contestant }) => contestant === name)
    .flatMap((standing) => pick(standing, 'resident'));
}
