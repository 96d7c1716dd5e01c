/** The results as a Markdown table. */
import { figures, tabulate, words } from '../report/markdown-table.ts';
import { formatCount } from '../report/numbers.ts';
import { RACES, type Result, UNDONE } from './results.ts';

export function racesTable(results: Result[]): string {
  return tabulate(results, [
    words('server', ({ server }) => server),
    ...RACES.flatMap((race) => [
      figures<Result>(race, ({ outcomes }) => formatCount(outcomes[race].done)),
      figures<Result>(UNDONE[race].column, ({ outcomes }) => formatCount(outcomes[race].undone)),
    ]),
    words('options', ({ options }) => options),
  ]);
}
