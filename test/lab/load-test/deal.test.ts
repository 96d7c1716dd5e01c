/** How users and connections are dealt to the threads of a load test. */
import os from 'node:os';
import { deal, type Plan } from '../../../src/lab/load-test/run.ts';

afterEach(() => jest.restoreAllMocks());

const PLAN: Plan = {
  origin: 'http://127.0.0.1',
  scenario: 'keys',
  users: 8,
  connections: 4,
  rate: null,
  duration: 1,
  ramp: 0,
  counts: [null],
  scale: null,
  isAnyTarget: false,
};

/** On a machine with four cores. */
function share(change: Partial<Plan>) {
  jest.spyOn(os, 'availableParallelism').mockReturnValue(4);
  return deal({ ...PLAN, ...change }, 0);
}

/** Of all connections, in their order. */
function connectionsOf(change: Partial<Plan>) {
  return share(change)
    .flatMap(({ connections }) => connections)
    .toSorted((one, other) => one.number - other.number);
}

it.each([
  [1, 1, null],
  [32, 1, null],
  [33, 2, null],
  [96, 3, null],
  [128, 4, null],
  [128, 1, 2000],
  [128, 4, 2001],
])('%i connections take %i threads, at a rate of %j', (connections, threads, rate) => {
  expect(share({ users: 128, connections, rate })).toHaveLength(threads);
});

it('has no more threads than the machine has cores', () => {
  jest.spyOn(os, 'availableParallelism').mockReturnValue(2);

  expect(deal({ ...PLAN, users: 128, connections: 128 }, 0)).toHaveLength(2);
});

it('gives each thread its part of the users, each of whom has a name of its own', () => {
  const shares = share({ users: 130, connections: 128 });
  const names = shares.flatMap((each) => each.names);

  expect(shares.map((each) => each.names.length)).toEqual([33, 33, 32, 32]);
  expect(shares.map((each) => each.connections.length)).toEqual([32, 32, 32, 32]);
  expect(new Set(names).size).toBe(130);
  expect(share({}).flatMap((each) => each.names)).not.toContain(names[0]);
});

it('begins at once, and asks as fast as answers come, if not told otherwise', () => {
  const begins = connectionsOf({});

  expect(begins.map(({ number }) => number)).toEqual([0, 1, 2, 3]);
  for (const connection of begins) expect(connection).toMatchObject({ delay: 0, interval: null });
});

it('begins the connections one by one within the seconds of --ramp', () => {
  expect(connectionsOf({ ramp: 2 }).map(({ delay }) => delay)).toEqual([0, 500, 1000, 1500]);
});

it('spreads a rate evenly over all connections', () => {
  const spread = connectionsOf({ rate: 8 });

  expect(spread.map(({ delay }) => delay)).toEqual([0, 125, 250, 375]);
  expect(spread.map(({ interval }) => interval)).toEqual([500, 500, 500, 500]);
  expect(connectionsOf({ rate: 8, ramp: 2 }).map(({ delay }) => delay)).toEqual([
    0, 500, 1000, 1500,
  ]);
});
