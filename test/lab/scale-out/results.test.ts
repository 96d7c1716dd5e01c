/** What the figures of the scale-out experiments are compared with, and in which order they stand. */
import timers from 'node:timers/promises';
import { countRuns, DISTURB } from '../../../src/lab/scale-out/logins.ts';
import { inOrder, shareLost, speedUp } from '../../../src/lab/scale-out/results.ts';
import { throughputTable } from '../../../src/lab/scale-out/tables.ts';
import { countLoads } from '../../../src/lab/scale-out/throughput.ts';
import { RESULTS } from './fixtures.ts';

const { throughput, runs } = RESULTS;

describe('what more instances carry', () => {
  it('is not compared where one instance was not measured with that load', () => {
    const [one, ...others] = throughput;
    const two = others[0]!;

    expect(one).toMatchObject({ scenario: 'keys', instances: 1 });
    expect(speedUp(two, throughput)).toBeCloseTo(1.9);
    expect(speedUp(two, others)).toBeNull();
    expect(throughputTable([two])).toMatch(/\| keys \| +2 \| +1,900 \| +\| +\| +32 \|/);
  });

  it('stands in the order of loads, then of instances', () => {
    expect(throughput.toReversed().toSorted(inOrder)).toEqual(throughput);
  });
});

it('the share of logins lost is none without logins', () => {
  expect(shareLost({ ...runs[0]!, logins: 0, loginsLost: 0 })).toBe(0);
  expect(shareLost({ ...runs[0]!, logins: 8, loginsLost: 2 })).toBe(0.25);
});

it('the progress counts each run, and each load with the sign-ups and three to warm up', () => {
  const sessions = ['memory', 'redis'] as const;
  const events = ['calm', 'kill', 'scale out and in'] as const;

  expect(countRuns({ sessions, events, counts: [1, 2, 4, 8] })).toBe(2 * 3 * 4);
  expect(countLoads({ scenarios: ['keys', 'mixed'], counts: [1, 2, 4] })).toBe(2 * (1 + 3 + 3));
});

it.each([
  ['kill', ['4000 ms', 'kill 1']],
  ['scale out and in', ['2000 ms', 'scale 4', '2000 ms', 'scale 2']],
] as const)('within a load of eight seconds: %s', async (event, steps) => {
  const log: string[] = [];
  const spy = jest.spyOn(timers, 'setTimeout');
  spy.mockImplementation(async (time) => void log.push(`${time} ms`));
  const kill = async (index: number) => void log.push(`kill ${index}`);
  const scale = async (count: number) => void log.push(`scale ${count}`);
  await DISTURB[event]({ kill, scale }, 2, 8);
  spy.mockRestore();

  expect(log).toEqual(steps);
});
