/** What the progress bar of a load test shows. */
import { SingleBar } from 'cli-progress';
import { createProgress } from '../../../src/lab/load-test/progress.ts';
import type { SecondLine } from '../../../src/lab/load-test/results/file.ts';
import type { Plan } from '../../../src/lab/load-test/run.ts';

const LINE = {
  requests: 10,
  failures: { timeout: 1, 'HTTP 503': 2 },
  loginsLost: 1,
  valuesWrong: 1,
} as unknown as SecondLine;

const planOf = (...counts: (number | null)[]) => ({ duration: 10, counts }) as Plan;

let started: unknown[];
let updated: unknown[];
beforeEach(() => {
  [started, updated] = [[], []];
  jest.useFakeTimers();
  jest.spyOn(SingleBar.prototype, 'start').mockImplementation((...what) => void started.push(what));
  jest
    .spyOn(SingleBar.prototype, 'update')
    .mockImplementation((...what) => void updated.push(what));
  jest.spyOn(SingleBar.prototype, 'stop').mockImplementation(() => {});
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const nothing = { requests: 0, failures: 0 };

it('begins each of several steps anew, and names it', () => {
  const progress = createProgress();
  for (const count of [1, 4]) {
    progress.stepBegins(planOf(1, 4), count);
    progress.counted([LINE, LINE]);
    progress.stepEnds();
  }

  expect(started).toEqual([
    [10, 0, { ...nothing, step: 'step 1 of 2: 1 instance' }],
    [10, 0, { ...nothing, step: 'step 2 of 2: 4 instances' }],
  ]);
  expect(updated).toEqual(Array(2).fill([{ requests: 20, failures: 10 }]));
});

it('names no step where there is one', () => {
  const progress = createProgress();
  progress.stepBegins(planOf(null), null);
  progress.stepEnds();

  expect(started).toEqual([[10, 0, { ...nothing, step: '' }]]);
});

it('counts the seconds to the end of the step and not further, and none behind it', () => {
  const progress = createProgress();
  progress.stepBegins(planOf(null), null);
  jest.advanceTimersByTime(3_900);
  expect(updated.at(-1)).toEqual([3, nothing]);
  jest.advanceTimersByTime(60_000);
  expect(updated.at(-1)).toEqual([10, nothing]);
  progress.stepEnds();
  jest.advanceTimersByTime(60_000);

  expect(updated.at(-1)).toEqual([nothing]);
});
