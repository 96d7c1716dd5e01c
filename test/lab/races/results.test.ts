/** How the results are shown and judged. */
import { join } from 'node:path';
import { plotRaces } from '../../../src/lab/races/plot.ts';
import { isAnythingUndone, RACES } from '../../../src/lab/races/results.ts';
import { racesTable } from '../../../src/lab/races/table.ts';
import { expectGolden } from '../../support/golden.ts';
import { RESULTS } from './fixtures.ts';

const APP = RESULTS.find(({ server }) => server === 'redis-example-app')!;

it('the plot shows a bar for each server and race, the app in another colour', () => {
  expectGolden(join(import.meta.dirname, 'plot.golden.svg'), `${plotRaces(RESULTS, APP.server)}\n`);
});

it('the plot describes itself to people who do not see it', () => {
  expect(plotRaces(RESULTS, APP.server)).toContain(
    'koa + koa-session + ioredis 700 of 1,000, redis-example-app 0 of 1,000. Sessions revived by',
  );
});

it('the table has a row for each server', () => {
  expectGolden(join(import.meta.dirname, 'table.golden.md'), `${racesTable(RESULTS)}\n`);
});

describe('a server', () => {
  it('is right when nothing came undone', () => {
    expect(isAnythingUndone(APP)).toBe(false);
  });

  it.each(RACES)('is wrong when one thing came undone: %s', (race) => {
    const outcomes = { ...APP.outcomes, [race]: { done: 100, undone: 1 } };
    expect(isAnythingUndone({ ...APP, outcomes })).toBe(true);
  });
});
