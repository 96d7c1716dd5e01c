import { nameLimit } from '../../../src/lab/scale-out/limit.ts';

const IDLE = { instances: 0.4, redis: 0.1, loadTest: 0.3, router: 0.1, machine: 0.5 };

describe('the limit of a load', () => {
  it.each([
    ['the instances', { instances: 0.95 }],
    ['the instances', { instances: 0.95, machine: 1 }],
    ['Redis', { redis: 0.97, machine: 0.95 }],
    ['the load test', { loadTest: 0.92, machine: 0.95 }],
    ['the router', { router: 0.9, machine: 1 }],
    ['the cores of this machine', { machine: 0.96 }],
  ])('is %s when %j', (limit, busy) => {
    expect(nameLimit({ ...IDLE, ...busy })).toBe(limit);
  });

  it('is the busiest part wherever it is in the list, and the first of two', () => {
    expect(nameLimit({ ...IDLE, redis: 0.786, machine: 0.786 })).toBe(
      'Redis, busy for 79 % of the time',
    );
  });

  it('is the busiest part, with how busy it was, when none was busy all the time', () => {
    expect(nameLimit({ ...IDLE, instances: 0.84 })).toBe(
      'the instances, busy for 84 % of the time',
    );
  });
});
